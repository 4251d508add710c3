/** Items by the time at which they fall due: a binary heap, the earliest on top. */
export class DueHeap<T> {
  private readonly items: { readonly item: T; readonly dueMs: number }[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: T, dueMs: number): void {
    let place = this.items.length;
    this.items.push({ item, dueMs });
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (this.dueAt(parent) <= dueMs) return;
      this.swap(place, parent);
      place = parent;
    }
  }

  /** Takes the item that falls due first, if it is due at `nowMs`. */
  takeDue(nowMs: number): T | undefined {
    if (this.items.length === 0 || this.dueAt(0) > nowMs) return undefined;
    this.swap(0, this.items.length - 1);
    const { item } = this.items.pop() as { item: T };
    this.sink();
    return item;
  }

  private sink(): void {
    let place = 0;
    for (;;) {
      let earliest = place;
      for (const child of [place * 2 + 1, place * 2 + 2]) {
        if (child < this.items.length && this.dueAt(child) < this.dueAt(earliest)) earliest = child;
      }
      if (earliest === place) return;
      this.swap(place, earliest);
      place = earliest;
    }
  }

  private dueAt(place: number): number {
    return (this.items[place] as { dueMs: number }).dueMs;
  }

  private swap(a: number, b: number): void {
    [this.items[a], this.items[b]] = [this.items[b] as never, this.items[a] as never];
  }
}
