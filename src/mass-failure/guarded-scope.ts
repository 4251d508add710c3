/** What a guard watches over: everything, or the members of one zone. */
export type GuardedScope = 'fleet' | { readonly zone: string };

/** When a failure is one of masses, and for how long consequences wait for it. */
export interface MassFailureSettings {
  /** The share of a scope that has to be exceeded. */
  readonly share: number;
  /** So many members have to go at least. */
  readonly atLeast: number;
  /** The time within which they go, in running milliseconds. */
  readonly windowMs: number;
  /** It ends by itself after so long in which no further `atLeast` members went, in running milliseconds. */
  readonly holdMs: number;
}

/**
 * More than 55 % and at least 4 within the silence that is allowed at the default interval. Six hours outlast most
 * failures of a data centre, and the time that people need to react. Members that are away are in no answer meanwhile.
 */
export const DEFAULT_MASS_FAILURE: MassFailureSettings = {
  share: 0.55,
  atLeast: 4,
  windowMs: 33_000,
  holdMs: 6 * 3_600_000,
};

/** The window is cut into so many parts; what leaves it leaves it by parts. */
const PARTS = 32;
/** One more is kept, so that what went counts for a whole window at least. */
const KEPT_PARTS = PARTS + 1;

/** The counts of one scope: of constant size, however many members it has. Times are running milliseconds. */
export class ScopeCounts {
  frozen = false;
  size = 0;
  away = 0;
  /** Since when no further mass of members went; of a scope that is frozen. */
  quietSinceMs = 0;
  /** How many were away when it froze last; 0 once most of them are back. */
  private awayAtFreeze = 0;
  /** The most that were away while it is frozen. */
  private mostAway = 0;
  private lastWentMs = 0;
  /** Members that went in each part of the window, and their sum. */
  private readonly wentInPart = new Uint32Array(KEPT_PARTS);
  private wentInWindow = 0;
  private part = Number.NEGATIVE_INFINITY;

  constructor(
    readonly name: GuardedScope | undefined,
    private readonly settings: MassFailureSettings,
  ) {}

  /** Counts one that goes; times come in order. */
  go(nowMs: number): void {
    const part = Math.floor((nowMs * PARTS) / this.settings.windowMs);
    for (let next = Math.max(this.part + 1, part - PARTS); next <= part; next++) {
      this.wentInWindow -= this.wentInPart[placeOf(next)] as number;
      this.wentInPart[placeOf(next)] = 0;
    }
    this.part = part;
    this.wentInPart[placeOf(part)] = (this.wentInPart[placeOf(part)] as number) + 1;
    this.wentInWindow++;
    this.away++;
    this.lastWentMs = nowMs;
    if (!this.frozen || this.away <= this.mostAway) return;
    this.mostAway = this.away;
    // one that comes and goes, or dies by itself, does not put the end off
    if (this.wentInWindow >= this.settings.atLeast) this.quietSinceMs = nowMs;
  }

  /**
   * Freezes if enough went within the window and are still away; thaws if too few of all are away. Members that come
   * and go at the threshold do not freeze it twice: one more has to be away than when it froze, or most have to return.
   */
  judge(): void {
    if (this.frozen) {
      this.frozen = this.isEnough(this.away);
      return;
    }
    if (this.awayAtFreeze > 0 && this.away <= this.awayAtFreeze / 2) this.forget();
    if (this.away > this.awayAtFreeze && this.isEnough(Math.min(this.wentInWindow, this.away))) {
      this.freeze(this.lastWentMs);
    }
  }

  /** It is failing, as it was before a restart. */
  freeze(quietSinceMs: number): void {
    this.frozen = true;
    this.awayAtFreeze = this.mostAway = this.away;
    this.quietSinceMs = quietSinceMs;
  }

  /** It ends, whoever is away: the next mass failure needs as many that go anew. */
  end(): void {
    this.frozen = false;
    this.forget();
  }

  /** So many that are away count no more. */
  settle(count: number): void {
    this.size -= count;
    this.away -= count;
    this.awayAtFreeze = Math.max(0, this.awayAtFreeze - count);
    this.mostAway = Math.max(this.away, this.mostAway - count);
  }

  /** Whether so many are above the share, and no fewer than it takes. */
  isEnough(count: number): boolean {
    return count >= this.settings.atLeast && count > this.settings.share * this.size;
  }

  private forget(): void {
    this.awayAtFreeze = 0;
    this.wentInPart.fill(0);
    this.wentInWindow = 0;
  }
}

function placeOf(part: number): number {
  return ((part % KEPT_PARTS) + KEPT_PARTS) % KEPT_PARTS;
}
