/** Upper bounds of the classes that are counted, in milliseconds; each about a tenth wider than the one before. */
const BOUNDS_MS = [
  0, 1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100, 125, 150, 200, 250, 300, 400, 500,
];
const BEYOND_MS = [750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 30_000, 60_000];
const CLASSES_MS = [...BOUNDS_MS, ...BEYOND_MS, Number.POSITIVE_INFINITY];

/** How late runs started, as counts by class: of constant size, however many there are. */
export class Lateness {
  private readonly counts = new Uint32Array(CLASSES_MS.length);
  private total = 0;
  private mostMs = 0;

  /** Notes one start, this late in milliseconds. */
  note(lateMs: number): void {
    const place = CLASSES_MS.findIndex((boundMs) => lateMs <= boundMs);
    this.counts[place] = (this.counts[place] as number) + 1;
    this.total++;
    this.mostMs = Math.max(this.mostMs, lateMs);
  }

  get count(): number {
    return this.total;
  }

  get maximumMs(): number {
    return this.mostMs;
  }

  /** The bound of the class in which this share of the starts lies at the latest, in milliseconds; 0 without any. */
  quantileMs(share: number): number {
    let left = share * this.total;
    for (const [place, boundMs] of CLASSES_MS.entries()) {
      left -= this.counts[place] as number;
      if (left <= 0 && this.total > 0) return Math.min(boundMs, this.mostMs);
    }
    return 0;
  }
}
