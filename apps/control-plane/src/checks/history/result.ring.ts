import type { StoredResult } from '../../database/check.change.js';

/** Results that are kept of a check. */
export const KEPT_RESULTS = 20;

/** The last results of one check; an older one makes room for a newer one. */
export class ResultRing {
  private readonly results: StoredResult[] = [];
  private next = 0;

  /** @param results oldest first; the last of them are kept */
  constructor(results: readonly StoredResult[] = []) {
    for (const result of results) this.add(result);
  }

  add(result: StoredResult): void {
    this.results[this.next] = result;
    this.next = (this.next + 1) % KEPT_RESULTS;
  }

  get last(): StoredResult | undefined {
    return this.results[(this.next + KEPT_RESULTS - 1) % KEPT_RESULTS];
  }

  /** Oldest first. */
  inOrder(): StoredResult[] {
    if (this.results.length < KEPT_RESULTS) return [...this.results];
    return [...this.results.slice(this.next), ...this.results.slice(0, this.next)];
  }
}
