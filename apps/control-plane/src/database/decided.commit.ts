import type { AnyChange, Decision } from './change.js';
import type { Reader } from './database.js';

/** Decides what is committed. */
export type Decide = Exclude<Decision<readonly AnyChange[]>, readonly AnyChange[]>;

/** Changes that become durable together, and how they were decided. */
export class DecidedCommit {
  private constructor(
    private decided: readonly AnyChange[],
    private readonly decide: Decide | undefined,
    private basis: number,
  ) {}

  /**
   * Decides for the first time.
   * @param basis what of other processes has been applied, as a number that changes with it
   * @param catchUp applies what others have committed: who is refused is refused by the newest
   * @throws whatever refuses the caller
   */
  static async of(
    decision: Decision<readonly AnyChange[]>,
    reader: Reader,
    basis: () => number,
    catchUp: (() => Promise<void>) | undefined,
  ): Promise<DecidedCommit> {
    let decidedOn = basis();
    if (typeof decision !== 'function') return new DecidedCommit(decision, undefined, decidedOn);
    try {
      return new DecidedCommit(await decision(reader), decision, decidedOn);
    } catch (error) {
      if (!catchUp) throw error;
      await catchUp();
      decidedOn = basis();
      return new DecidedCommit(await decision(reader), decision, decidedOn);
    }
  }

  /** Decides within the transaction, and not before. */
  static within(decide: Decide): DecidedCommit {
    return new DecidedCommit([], decide, Number.NaN);
  }

  get isEmpty(): boolean {
    return this.decided.length === 0;
  }

  /** The changes; decided again if anything of others was applied since. @throws whatever refuses the caller */
  async changes(reader: Reader, basis: number): Promise<readonly AnyChange[]> {
    if (this.decide && this.basis !== basis) {
      this.decided = await this.decide(reader);
      this.basis = basis;
    }
    return this.decided;
  }
}
