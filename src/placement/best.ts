/** The first `limit` of the items it is given, by an order, and in that order. */
export class Best<T> {
  readonly items: T[] = [];

  /** @param compare negative if the first item comes before the second */
  constructor(
    private readonly limit: number,
    private readonly compare: (a: T, b: T) => number,
  ) {}

  get isFull(): boolean {
    return this.items.length >= this.limit;
  }

  /** Whether an item would be among the first. */
  wants(item: T): boolean {
    return !this.isFull || (this.limit > 0 && this.compare(item, this.items[this.limit - 1] as T) < 0);
  }

  /** Takes an item in if it is among the first; costs the logarithm of the limit, and the shift in an array. */
  add(item: T): void {
    if (!this.wants(item)) return;
    this.items.splice(this.placeOf(item), 0, item);
    if (this.items.length > this.limit) this.items.pop();
  }

  private placeOf(item: T): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.items[middle] as T, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
