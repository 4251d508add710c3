/** Who listens to something; a listener that throws or rejects disturbs nobody else. */
export class Listeners<E> {
  private readonly listeners = new Set<(event: E) => unknown>();

  /** @param failed told what a listener threw, or what its promise was rejected with */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Calls `listener` synchronously on every event, once however often it was added; returns what ends that. */
  add(listener: (event: E) => unknown): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Tells the listeners, in the order in which they came. */
  tell(event: E): void {
    for (const listener of this.listeners) {
      try {
        const returned = listener(event);
        if (typeof returned === 'object' && returned !== null)
          Promise.resolve(returned).catch((error: unknown) => this.failed(error));
      } catch (error) {
        this.failed(error);
      }
    }
  }
}
