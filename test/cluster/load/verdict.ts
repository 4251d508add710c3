import type { Transition } from '../launch/observer.js';

/** A transition, and when the load saw it first, in monotonic milliseconds. */
export interface SeenTransition extends Transition {
  readonly seenMs: number;
}

/** A time in which a provider was silent, in monotonic milliseconds; `untilMs` is infinite for one that stayed dead. */
export interface Silence {
  readonly provider: string;
  /** When the last acknowledged beat was sent. */
  readonly ackedMs: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What is held against a cluster. */
export interface Evidence {
  /** The log as each instance answers it. */
  readonly logs: readonly (readonly Transition[])[];
  /** The log as it was seen while the load ran. */
  readonly seen: readonly SeenTransition[];
  readonly silences: readonly Silence[];
  /** When each provider knew that it was registered; before, it sends no heartbeats, though it may be registered. */
  readonly registeredMs: ReadonlyMap<string, number>;
  /** Providers, and services that were well all the time. */
  readonly providers: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  /** The least silence after which a provider may be marked, in milliseconds. */
  readonly deadlineMs: number;
  /** Times of the probes of each service, in monotonic milliseconds, and the interval of its check. */
  readonly probes: ReadonlyMap<string, readonly number[]>;
  readonly intervalMs: number;
  /** The time in which gaps between probes are looked for, and how long one may be. */
  readonly probedMs: { readonly from: number; readonly to: number; readonly longest: number };
}

/** What is counted, in the words of the specification; all but the longest gap have to be 0. */
export interface Verdict {
  readonly checksMissed: number;
  readonly checksDoubled: number;
  readonly transitionsLost: number;
  readonly transitionsDoubled: number;
  readonly falseMarks: number;
  /** Between two probes of one service, in milliseconds. */
  readonly longestGapMs: number;
  /** Each count in words. */
  readonly findings: readonly string[];
}

/**
 * Two probes of one tick come closer together than this part of the interval; so do one that was late and the next one, which
 * has a longer time before it by as much.
 */
const DOUBLED_WITHIN = 0.25;
/** Between the registration and the first heartbeat, in milliseconds. */
const FIRST_BEAT_WITHIN_MS = 2_000;

/** Judges what a cluster decided by what really happened. */
export function judge(evidence: Evidence): Verdict {
  const findings: string[] = [];
  const count = (found: readonly string[]): number => {
    findings.push(...found);
    return found.length;
  };
  const gaps = gapsOf(evidence);
  return {
    checksMissed: count(gaps.missed),
    checksDoubled: count(gaps.doubled),
    transitionsLost: count(lostIn(evidence)),
    transitionsDoubled: count(doubledIn(evidence)),
    falseMarks: count(falseIn(evidence)),
    longestGapMs: Math.round(gaps.longestMs),
    findings,
  };
}

/** Deaths that nobody told of, holes in the sequence, and what one instance does not know. */
function lostIn({ logs, seen, silences }: Evidence): string[] {
  const lost: string[] = [];
  const longest = Math.max(0, ...logs.flat().map(({ sequence }) => sequence));
  for (const [at, log] of logs.entries()) {
    const known = new Set(log.map(({ sequence }) => sequence));
    for (let sequence = 1; sequence <= longest; sequence++)
      if (!known.has(sequence)) lost.push(`instance ${at + 1} does not have transition #${sequence}`);
  }
  for (const { provider, fromMs, untilMs } of silences) {
    const isTold = seen.some(
      ({ subject, to, seenMs }) =>
        subject === provider && to === 'Unavailable' && seenMs >= fromMs && seenMs <= untilMs,
    );
    if (!isTold) lost.push(`${provider} was silent from ${Math.round(fromMs)} ms on, and nobody told`);
  }
  return lost;
}

/** Sequences that occur twice, and changes that do not continue the one before. */
function doubledIn({ logs }: Evidence): string[] {
  const doubled: string[] = [];
  for (const [at, log] of logs.entries()) {
    const sequences = new Set<number>();
    const states = new Map<string, string>();
    for (const { sequence, kind, subject, from, to } of log) {
      if (sequences.has(sequence)) doubled.push(`instance ${at + 1} has transition #${sequence} twice`);
      sequences.add(sequence);
      const key = `${kind} ${subject}`;
      const state = states.get(key);
      if (state === to || (state !== undefined && state !== from))
        doubled.push(`transition #${sequence} of ${key} is ${from} → ${to}, and it was ${state}`);
      states.set(key, to);
    }
  }
  return [...new Set(doubled)];
}

/** Providers that were marked while they were sending, or too early; services that were marked though they were well. */
function falseIn({ seen, silences, registeredMs, providers, services, deadlineMs }: Evidence): string[] {
  return seen.flatMap(({ kind, subject, to, seenMs, sequence, cause }) => {
    const told = `transition #${sequence}: ${subject} → ${to} (${cause})`;
    if (kind !== 'provider')
      return services.has(subject) && ['Warning', 'Critical'].includes(to)
        ? [`${told}, and it was well`]
        : [];
    if (to !== 'Unavailable' || !providers.has(subject)) return [];
    if (seenMs < (registeredMs.get(subject) ?? Number.POSITIVE_INFINITY) + FIRST_BEAT_WITHIN_MS) return [];
    const silence = silences.find(
      ({ provider, fromMs, untilMs }) => provider === subject && seenMs >= fromMs && seenMs <= untilMs,
    );
    if (!silence) return [`${told}, and it never stopped sending`];
    const silentMs = Math.round(seenMs - silence.ackedMs);
    return silentMs < deadlineMs ? [`${told} after ${silentMs} ms, before its deadline`] : [];
  });
}

function gapsOf({ probes, intervalMs, probedMs }: Evidence): {
  readonly missed: string[];
  readonly doubled: string[];
  readonly longestMs: number;
} {
  const [missed, doubled]: [string[], string[]] = [[], []];
  let longestMs = 0;
  for (const [service, times] of probes) {
    const within = times.filter((time) => time >= probedMs.from && time <= probedMs.to);
    const marks = [probedMs.from, ...within, probedMs.to];
    for (const [at, time] of marks.entries()) {
      if (at === 0) continue;
      const gapMs = time - (marks[at - 1] as number);
      longestMs = Math.max(longestMs, gapMs);
      if (gapMs > probedMs.longest) missed.push(`${service} was not probed for ${Math.round(gapMs)} ms`);
      const isBetweenProbes = at > 1 && at < marks.length - 1;
      const wasLate = time - (marks[at - 2] ?? time) > intervalMs * (2 - DOUBLED_WITHIN);
      if (isBetweenProbes && gapMs < intervalMs * DOUBLED_WITHIN && !wasLate)
        doubled.push(`${service} was probed twice within ${Math.round(gapMs)} ms`);
    }
  }
  return { missed, doubled, longestMs };
}
