import type { ProbeOutcome } from './probe-result.js';

/** One result of a check: what was found, when (epoch milliseconds), after how long, and the words for it. */
export interface CheckResult {
  readonly atMs: number;
  readonly outcome: ProbeOutcome;
  readonly durationMs: number;
  readonly message: string;
}

/** The most results that are kept of a check. */
const MAX_RESULTS = 20;

/** The last results of one check; an older one makes room for a newer one. */
export class ResultRing {
  private readonly results: CheckResult[] = [];
  private next = 0;

  /** @param results oldest first; the last of them are kept */
  constructor(results: readonly CheckResult[] = []) {
    for (const result of results) this.add(result);
  }

  add(result: CheckResult): void {
    this.results[this.next] = result;
    this.next = (this.next + 1) % MAX_RESULTS;
  }

  get last(): CheckResult | undefined {
    return this.results[(this.next + MAX_RESULTS - 1) % MAX_RESULTS];
  }

  /** Oldest first. */
  inOrder(): CheckResult[] {
    if (this.results.length < MAX_RESULTS) return [...this.results];
    return [...this.results.slice(this.next), ...this.results.slice(0, this.next)];
  }
}
