/** When something is due: as planned after a success, or after a failure. Monotonic milliseconds. */
export class Attempts {
  private due = 0;
  private failed = 0;

  /** The first is due at once. */
  get dueMs(): number {
    return this.due;
  }

  /** How many have failed since the last success. */
  get failures(): number {
    return this.failed;
  }

  /** Puts the next one off, or forward, whatever has failed. */
  plan(dueMs: number): void {
    this.due = dueMs;
  }

  succeed(dueMs: number): void {
    this.failed = 0;
    this.due = dueMs;
  }

  /** One more failed. */
  fail(dueMs: number): void {
    this.failed++;
    this.due = dueMs;
  }
}
