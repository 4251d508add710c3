import type { CallKind } from './agent.metrics.js';

/** What is known to be wrong with a kind of call at an endpoint: news is told once, not with every try. */
export class Conditions {
  private readonly signs = new Map<string, string>();

  /** Notes a failure. @returns whether the last call of this kind at this endpoint did not fail with that sign */
  failed(call: CallKind, endpoint: string, sign: string): boolean {
    const key = `${call} ${endpoint}`;
    if (this.signs.get(key) === sign) return false;
    this.signs.set(key, sign);
    return true;
  }

  /** Such a call is well at this endpoint. */
  well(call: CallKind, endpoint: string): void {
    this.signs.delete(`${call} ${endpoint}`);
  }
}
