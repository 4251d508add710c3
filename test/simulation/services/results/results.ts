import type { Outcome } from '../simulation.js';

/** What simulations came to, added up. Times in milliseconds. */
export interface Tally {
  seeds: number;
  serviceHours: number;
  looks: number;
  messages: number;
  /** How often each kind of fault began. */
  faults: Record<string, number>;
  transitions: number;
  /** Verdicts and maintenance by what they led to. */
  explained: Record<string, number>;
  removals: number;
  suppressed: number;
  crashes: number;
  /** Spans of failure that lasted longer than their bound, and shorter ones. */
  longFaults: number;
  shortFaults: number;
  audits: number;
  medianDetectionMs: number;
  p99DetectionMs: number;
  worstShareOfBound: number;
  violations: Record<string, number>;
}

/** A rule taken away, and the product on the same seeds. */
export interface AblationRow {
  readonly name: string;
  readonly seeds: number;
  readonly serviceHours: number;
  readonly violations: Readonly<Record<string, number>>;
  readonly violationsOfTheProduct: number;
}

/** The file that the long run writes. It holds nothing of the machine: every run writes the same. */
export interface Results {
  readonly command: string;
  readonly model: Tally;
  readonly ablations: readonly AblationRow[];
}

/** What a thread hands back of an outcome. */
export interface Summary extends Tally {
  readonly detectionsMs: readonly number[];
}

/** One outcome as a tally of one seed. */
export function summaryOf({ scenario, findings, counts, faults, looks, messages }: Outcome): Summary {
  const violations: Record<string, number> = {};
  for (const { violation } of findings) violations[violation] = (violations[violation] ?? 0) + 1;
  const { detectionsMs, explained, ...counted } = counts;
  return {
    ...counted,
    seeds: 1,
    serviceHours: scenario.services * scenario.hours,
    looks,
    messages,
    faults: { ...faults },
    explained: { ...explained },
    violations,
    detectionsMs,
    medianDetectionMs: 0,
    p99DetectionMs: 0,
  };
}

/** Adds summaries up. */
export function sum(summaries: readonly Summary[]): Tally {
  const total = emptyTally();
  for (const one of summaries) {
    for (const name of SUMS) total[name] += one[name];
    addAll(total.faults, one.faults);
    addAll(total.explained, one.explained);
    addAll(total.violations, one.violations);
    total.worstShareOfBound = Math.max(total.worstShareOfBound, Number(one.worstShareOfBound.toPrecision(3)));
  }
  const detectionsMs = summaries.flatMap((one) => one.detectionsMs).sort((a, b) => a - b);
  total.medianDetectionMs = detectionsMs[Math.floor(0.5 * detectionsMs.length)] ?? 0;
  total.p99DetectionMs = detectionsMs[Math.floor(0.99 * detectionsMs.length)] ?? 0;
  return total;
}

/** All violations together. */
export function count(violations: Readonly<Record<string, number>>): number {
  return Object.values(violations).reduce((total, each) => total + each, 0);
}

const SUMS = [
  'seeds',
  'serviceHours',
  'looks',
  'messages',
  'transitions',
  'removals',
  'suppressed',
  'crashes',
  'longFaults',
  'shortFaults',
  'audits',
] as const;

function emptyTally(): Tally {
  const sums = Object.fromEntries(SUMS.map((name) => [name, 0])) as Record<(typeof SUMS)[number], number>;
  const rest = { medianDetectionMs: 0, p99DetectionMs: 0, worstShareOfBound: 0 };
  return { ...sums, ...rest, faults: {}, explained: {}, violations: {} };
}

function addAll(total: Record<string, number>, one: Readonly<Record<string, number>>): void {
  for (const [name, each] of Object.entries(one)) total[name] = (total[name] ?? 0) + each;
}
