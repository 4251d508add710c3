import type { ProbeOutcome } from '@vitals/core/check';
import type { Suppression } from '@vitals/core/transition';
import type { StoredProgress } from '../../../../apps/control-plane/src/checks/check.rows.js';
import type { SimulatedService } from '../world/simulated-service.js';

/** A streak of failures. Running milliseconds of the control plane. */
interface Streak {
  sinceMs: number;
  /** What of it counts for nothing: nobody could look. */
  excludedMs: number;
}

/** The running clock is off by less than this: it counts some of a standstill, and short ones as a whole. */
export const CLOCK_SLACK_MS = 300;

/**
 * What could be known of one service: which looks found what, and which messages came. Counted from what the world
 * did, without the state machine of the product.
 */
export class Witness {
  /** Of one kind in a row, the silence of a TTL left out. */
  failures = 0;
  successes = 0;
  streak: Streak | undefined;
  /** Silence of a TTL is counted from here, in running milliseconds. */
  heardMs = 0;
  /** The same instant of the engine. */
  heardAtMs = 0;
  /** What began before this instant of the engine counts no more: it was registered, recovered, or in maintenance. */
  countsFromMs = 0;
  /** Why nobody was told of the failure that goes on. */
  suppressed: Suppression | undefined;
  lastOutcome: ProbeOutcome | undefined;
  /** When something was decided of it last. */
  decidedMs = 0;
  /** On the running clock, when its last maintenance began. */
  maintenanceRanMs: number | undefined;
  /** How much later than otherwise a removal may come for what was lost with processes, in milliseconds. */
  allowanceMs = 0;
  private lookedMs = 0;
  private goodAtMs = 0;

  constructor(readonly service: SimulatedService) {}

  /** Whole intervals of silence at `ranMs` of the running clock. */
  silences(ranMs: number, slackMs = 0): number {
    const { isTtl, definition } = this.service.plan;
    return isTtl ? Math.max(0, Math.floor((ranMs - this.heardMs + slackMs) / definition.intervalMs)) : 0;
  }

  /** For how long it has been failing, outages of the observer not counted; `undefined` while it is not. */
  failingForMs(ranMs: number): number | undefined {
    const silentSinceMs = this.heardMs + this.service.plan.definition.intervalMs;
    const { sinceMs, excludedMs } = this.streak ?? {
      sinceMs: this.service.plan.isTtl ? silentSinceMs : Number.POSITIVE_INFINITY,
      excludedMs: 0,
    };
    return sinceMs <= ranMs ? ranMs - sinceMs - excludedMs : undefined;
  }

  /** A look ended, or a message came. @param ranMs when it began, on the running clock */
  takes(outcome: ProbeOutcome, ranMs: number, atMs: number): void {
    this.lastOutcome = outcome;
    const silences = this.silences(ranMs);
    if (outcome === 'unjudged') this.excludes(ranMs);
    else if (outcome === 'failure') this.fails(silences, ranMs);
    else this.ends(outcome === 'success' ? (silences > 0 ? 1 : this.successes + 1) : 0, atMs);
    this.lookedMs = ranMs;
    this.heardMs = ranMs;
    this.heardAtMs = atMs;
  }

  /** It begins anew. */
  restarts(ranMs: number, atMs: number): void {
    this.resumes(ranMs, atMs);
    this.ends(0, atMs);
    this.suppressed = undefined;
    this.lastOutcome = undefined;
    this.allowanceMs = 0;
  }

  /** What began before counts no more. */
  resumes(ranMs: number, atMs: number): void {
    this.countsFromMs = atMs;
    this.heardMs = ranMs;
    this.heardAtMs = atMs;
    this.lookedMs = ranMs;
  }

  /** A process found this of it; what is newer was lost with the one before. @param notedMs when it was taken down */
  recovers(progress: StoredProgress | undefined, notedMs: number, ranMs: number, atMs: number): void {
    const { failures = 0, successes = 0, failingForMs, suppressed } = progress ?? {};
    const wasLost = this.goodAtMs >= notedMs;
    this.allowanceMs += LOST_MS + 2 * this.service.plan.definition.intervalMs;
    if (failingForMs === undefined) this.streak = undefined;
    else if (!this.streak || wasLost || this.lastOutcome === 'unjudged') {
      // what was lost with the process: a success, a pass, or for how long the last look before could not be judged
      this.streak = { sinceMs: ranMs - failingForMs, excludedMs: 0 };
    }
    this.failures = failures;
    this.successes = successes;
    this.suppressed = suppressed;
    this.maintenanceRanMs = ranMs;
    this.resumes(ranMs, atMs);
  }

  private fails(silences: number, ranMs: number): void {
    if (silences > 0)
      this.streak ??= { sinceMs: this.heardMs + this.service.plan.definition.intervalMs, excludedMs: 0 };
    this.streak ??= { sinceMs: ranMs, excludedMs: 0 };
    this.failures += silences + 1;
    this.successes = 0;
  }

  private ends(successes: number, atMs: number): void {
    this.streak = undefined;
    this.failures = 0;
    this.successes = successes;
    this.goodAtMs = atMs;
    this.allowanceMs = 0;
  }

  private excludes(ranMs: number): void {
    if (this.streak) this.streak.excludedMs += ranMs - this.lookedMs;
  }
}

/** Results are written within half a minute; then the next look may be a minute away. */
const LOST_MS = 95_000;
