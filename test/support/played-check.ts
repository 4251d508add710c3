import {
  advance,
  type AdvanceOptions,
  type CheckEffect,
  type CheckEvent,
  type CheckPolicy,
  type CheckState,
  DEFAULT_CHECK_POLICY,
  type JudgedCheck,
  nextRunMs,
  type ProbeOutcome,
  startCheck,
  statusOf,
} from '../../src/check/index.js';

/** Outcomes by their first letters. */
export const OUTCOME_BY_LETTER: Readonly<Record<string, ProbeOutcome>> = {
  S: 'success',
  W: 'warning',
  F: 'failure',
  D: 'denied',
  U: 'unjudged',
};

/** A policy of one second, so that times are short; one result decides. */
export const SHORT_POLICY: CheckPolicy = { ...DEFAULT_CHECK_POLICY, intervalMs: 1_000 };

/** An active check, or a TTL, of this policy. */
export function judgedCheck(policy: Partial<CheckPolicy> = {}, kind: 'tcp' | 'ttl' = 'tcp'): JudgedCheck {
  return { ...SHORT_POLICY, ...policy, id: 'a check', target: { kind } };
}

/** A check that began at 0, and to which one event happens after the other; effects are told in words. */
export class PlayedCheck {
  state: CheckState;

  constructor(readonly check: JudgedCheck) {
    this.state = startCheck(check, 0);
  }

  /** A run of no length, or a message. @param letter of `OUTCOME_BY_LETTER` */
  result(letter: string, atMs: number, options?: AdvanceOptions): string[] {
    const outcome = OUTCOME_BY_LETTER[letter] as ProbeOutcome;
    return this.happen({ kind: 'result', outcome, startedAtMs: atMs }, atMs, options);
  }

  due(atMs: number, options?: AdvanceOptions): string[] {
    return this.happen({ kind: 'due' }, atMs, options);
  }

  maintain(open: boolean, atMs: number): string[] {
    return this.happen({ kind: 'maintenance', open }, atMs);
  }

  happen(event: CheckEvent, atMs: number, options?: AdvanceOptions): string[] {
    const { state, effects } = advance(this.state, event, atMs, this.check, options);
    this.state = state;
    return effects.map(inWords);
  }

  /** One result after the other, an interval apart; the first letters of the statuses, `-` for Pending. */
  statuses(letters: string): string {
    return Array.from(letters)
      .map((letter, index) => {
        this.result(letter, (index + 1) * this.check.intervalMs);
        return this.state.verdict === 'Pending' ? '-' : statusOf(this.state).charAt(0);
      })
      .join('');
  }

  /** When it has to be looked at after what happened at `nowMs`. */
  nextMs(nowMs: number): number {
    return nextRunMs(this.state, this.check, nowMs);
  }
}

function inWords(effect: CheckEffect): string {
  if (effect.kind === 'deregister') return 'deregister';
  return `${effect.from} > ${effect.to}${effect.notify ? '' : ', silently'}`;
}
