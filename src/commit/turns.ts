/** Lets changes of one name run one after the other, so that none is based on what another is just replacing. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Whether something of this name runs, or waits for its turn. */
  isTaken(name: string): boolean {
    return this.last.has(name);
  }

  /** Runs when everything before it of this name has ended; settles as `run` does. */
  async take<T>(name: string, run: () => Promise<T>): Promise<T> {
    const turn = (this.last.get(name) ?? Promise.resolve()).then(run, run);
    this.last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(name) === turn) this.last.delete(name);
    }
  }
}
