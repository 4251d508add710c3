/** What the intervals of a fleet follow from; times in milliseconds. */
export interface IntervalSettings {
  /** The interval told while the fleet is within its budget; whole seconds, at least 1,000. */
  readonly baseMs: number;
  /** Beats that a provider may miss. */
  readonly missedBeats: number;
  /** Added to every deadline: covers delay in the network. */
  readonly graceMs: number;
  /** The budget: intervals grow so that the fleet stays under it. */
  readonly maxHeartbeatsPerSecond: number;
}

/** The defaults of the settings `VITALS_HEARTBEAT_INTERVAL`, `…_MISSED_BEATS`, `…_GRACE` and the budget. */
export const DEFAULT_INTERVALS: IntervalSettings = {
  baseMs: 10_000,
  missedBeats: 3,
  graceMs: 3_000,
  maxHeartbeatsPerSecond: 20_000,
};

/** The delay of one message that the fault model allows for, in milliseconds. */
const MAX_DELAY_MS = 2_000;
/** The longest that a passed deadline waits for the next sweep, in milliseconds. */
const SWEEP_LATENESS_MS = 100;
/** Intervals below this are told as they are: ±10 % of them is less than the second they are rounded to. */
const MIN_JITTERED_SECONDS = 10;
const JITTER = 0.1;

/**
 * Decides what a provider is told in answer to its beat: `max(base, fleet / budget)` in whole seconds, spread
 * by ±10 % so that a restart does not synchronise the fleet. A provider that is overdue is told a third of
 * that, so that it is heard soon again; its deadline does not follow (see `Lease`).
 */
export class IntervalPolicy {
  /** @param random uniform in [0, 1); injected so that a simulation repeats */
  constructor(
    readonly settings: IntervalSettings = DEFAULT_INTERVALS,
    private readonly random: () => number = Math.random,
  ) {}

  /** The interval to tell one provider of a fleet of `fleetSize`, in whole seconds, at least 1. */
  nextSeconds(fleetSize: number, overdue: boolean): number {
    const seconds = this.plannedSeconds(fleetSize);
    if (overdue) return Math.max(1, Math.floor(seconds / 3));
    if (seconds < MIN_JITTERED_SECONDS) return seconds;
    const shortest = Math.ceil(seconds * (1 - JITTER));
    const longest = Math.floor(seconds * (1 + JITTER));
    return shortest + Math.floor(this.random() * (longest - shortest + 1));
  }

  /** The longest interval that this fleet size can be told, in milliseconds. */
  longestMs(fleetSize: number): number {
    const seconds = this.plannedSeconds(fleetSize);
    return (seconds < MIN_JITTERED_SECONDS ? seconds : Math.floor(seconds * (1 + JITTER))) * 1_000;
  }

  /** How long after a beat its provider's deadline passes, in milliseconds, if told `intervalMs` at most. */
  allowedSilenceMs(intervalMs: number): number {
    return this.settings.missedBeats * Math.max(this.settings.baseMs, intervalMs) + this.settings.graceMs;
  }

  /**
   * The worst time from a crash to `Unavailable`, in milliseconds: the last beat's delay, the allowed silence,
   * and the wait for a sweep. 38.1 s at the defaults.
   */
  detectionBoundMs(allowedSilenceMs: number): number {
    return MAX_DELAY_MS + allowedSilenceMs + SWEEP_LATENESS_MS;
  }

  private plannedSeconds(fleetSize: number): number {
    return Math.max(
      1,
      Math.ceil(Math.max(this.settings.baseMs / 1_000, fleetSize / this.settings.maxHeartbeatsPerSecond)),
    );
  }
}
