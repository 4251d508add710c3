/** Something that says from the times of beats alone how long silence is no crash. Times in milliseconds. */
export abstract class Detector {
  abstract readonly name: string;

  /** A beat of this provider arrives; `intervalMs` after the one before, or `undefined` if it is the first. */
  abstract heard(index: number, nowMs: number, intervalMs: number | undefined): void;

  /** From when on it takes the provider for dead if nothing comes. */
  abstract deadlineMs(index: number): number;
}

/** Dead once nothing came for a fixed time. */
export class FixedTimeout extends Detector {
  readonly name: string;
  private readonly deadlines: number[] = [];

  constructor(private readonly timeoutMs: number) {
    super();
    this.name = `fixed timeout ${timeoutMs / 1_000} s`;
  }

  heard(index: number, nowMs: number): void {
    this.deadlines[index] = nowMs + this.timeoutMs;
  }

  deadlineMs(index: number): number {
    return this.deadlines[index] ?? Number.POSITIVE_INFINITY;
  }
}
