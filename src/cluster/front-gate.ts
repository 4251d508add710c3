/**
 * Whether an instance may take beats: only while the log took from it, a short time ago, what it wrote. So whatever it
 * acknowledged and did not append is young: an instance that is cut off from the log, or that stood still, refuses beats
 * before others have to give it up, and a new one takes none before the others know of it. Times in milliseconds of the
 * monotonic clock, standstills included. Pure.
 */
export class FrontGate {
  private provenMs = Number.NEGATIVE_INFINITY;
  private hasRefused = false;

  /** @param appendMs how old the newest record that the log acknowledged may be */
  constructor(private readonly appendMs: number) {}

  /** The log has taken a record that was written at `sentMs`, and everything before it. */
  acknowledge(sentMs: number): void {
    this.provenMs = Math.max(this.provenMs, sentMs);
  }

  /** Whether a beat may be taken at `atMs`. */
  admit(atMs: number): boolean {
    if (this.isOpen(atMs)) return true;
    // before the first record nobody was sent here
    this.hasRefused ||= this.provenMs > Number.NEGATIVE_INFINITY;
    return false;
  }

  /** Whether beats were refused since this was asked last: the next watermark tells it. */
  takeRefusal(): boolean {
    const { hasRefused } = this;
    this.hasRefused = false;
    return hasRefused;
  }

  isOpen(atMs: number): boolean {
    return atMs - this.provenMs <= this.appendMs;
  }

  /** How old the newest record is that the log has taken; infinite before the first. */
  unprovenMs(atMs: number): number {
    return atMs - this.provenMs;
  }
}
