/**
 * Which endpoint of a control plane is asked next. The one that answered last stays the one. After a failure the
 * others are tried in turn, each once before any is tried again: that is a round. An endpoint that asked to be left
 * alone is left out for so long, and no other for its sake. All times are monotonic milliseconds.
 */
export class EndpointRing {
  private at: number | undefined;
  /** How many whole rounds have failed since the last success. */
  failedRounds = 0;
  private readonly tried = new Set<number>();
  private readonly heldUntilMs: number[];

  /** @param leader whose endpoint is used until that fails here */
  constructor(
    private readonly endpoints: readonly URL[],
    private readonly leader?: EndpointRing,
  ) {
    this.heldUntilMs = endpoints.map(() => 0);
  }

  /** Whom to ask now. */
  get current(): URL {
    return this.endpoints[this.index] as URL;
  }

  /** How many are to be tried in this round, the current one included. */
  get untried(): number {
    return this.endpoints.length - this.tried.size;
  }

  /** The current one answered as the control plane does. */
  succeed(): void {
    this.tried.clear();
    this.failedRounds = 0;
    if (this.at === this.leader?.index) this.at = undefined;
  }

  /**
   * The current one failed, and is left alone for `holdMs`. Moves on to the next of this round that may be asked now.
   * @returns whether there is one; if not, the round is over, and `resume` says how it goes on
   */
  fail(nowMs: number, holdMs: number): boolean {
    this.heldUntilMs[this.index] = nowMs + holdMs;
    this.tried.add(this.index);
    const next = this.following().find((at) => !this.tried.has(at) && !this.isHeld(at, nowMs));
    if (next !== undefined) {
      this.at = next;
      return true;
    }
    this.tried.clear();
    this.failedRounds++;
    return false;
  }

  /**
   * Begins the next round at `dueMs`, with the first endpoint that may be asked then.
   * @returns when: later if all have asked to be left alone
   */
  resume(dueMs: number): number {
    const order = this.following();
    const free = order.find((at) => !this.isHeld(at, dueMs));
    const soonest = (one: number, other: number): number =>
      this.heldUntil(other) < this.heldUntil(one) ? other : one;
    this.at = free ?? order.reduce(soonest);
    return free === undefined ? this.heldUntil(this.at) : dueMs;
  }

  /** All, in the order in which to say something once: the current one first, those to be left alone last. */
  inOrder(nowMs: number): URL[] {
    const { index } = this;
    const order = [index, ...this.following().filter((at) => at !== index)];
    const rank = (at: number): number => (this.isHeld(at, nowMs) ? 1 : 0);
    return order.sort((one, other) => rank(one) - rank(other)).map((at) => this.endpoints[at] as URL);
  }

  private get index(): number {
    return this.at ?? this.leader?.index ?? 0;
  }

  /** Once round: those after the current one, and itself last. */
  private following(): number[] {
    const { length } = this.endpoints;
    return this.endpoints.map((_, step) => (this.index + 1 + step) % length);
  }

  private heldUntil(at: number): number {
    return this.heldUntilMs[at] as number;
  }

  private isHeld(at: number, atMs: number): boolean {
    return this.heldUntil(at) > atMs;
  }
}
