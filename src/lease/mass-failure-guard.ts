/** What a guard watches over: everything, or the providers of one zone. */
export type GuardedScope = 'fleet' | { readonly zone: string };

/** A mass failure began or ended; raised once each. */
export interface MassFailure {
  readonly scope: GuardedScope;
  readonly kind: 'began' | 'ended';
  /** Providers that are away at that time. */
  readonly gone: number;
  /** Providers that there are, whatever their state. */
  readonly of: number;
}

/** A provider as it comes back from the store after a restart. */
export interface RecoveredProvider {
  readonly zone: string | undefined;
  /** How long ago it became `Unavailable`, in milliseconds; `undefined` if it is not. */
  readonly unavailableMsAgo: number | undefined;
}

/** When a failure is one of masses. */
export interface MassFailureSettings {
  /** The share of a scope that has to be exceeded. */
  readonly share: number;
  /** So many providers have to go at least. */
  readonly atLeast: number;
  /** The time within which they go, in running milliseconds. */
  readonly windowMs: number;
}

/** More than 55 % and at least 4 within the silence that is allowed at the default interval. */
export const DEFAULT_MASS_FAILURE: MassFailureSettings = { share: 0.55, atLeast: 4, windowMs: 33_000 };

/** The window is cut into so many parts; what leaves it leaves it by parts. */
const PARTS = 32;
/** One more is kept, so that what went counts for a whole window at least. */
const KEPT_PARTS = PARTS + 1;

/** The counts of one scope: of constant size, however many providers it has. */
class Scope {
  frozen = false;
  size = 0;
  away = 0;
  /** How many were away when it froze last; 0 once most of them are back. */
  private awayAtFreeze = 0;
  /** Providers that went in each part of the window, and their sum. */
  private readonly wentInPart = new Uint32Array(KEPT_PARTS);
  private wentInWindow = 0;
  private part = Number.NEGATIVE_INFINITY;

  constructor(readonly name: GuardedScope) {}

  /** Counts one that goes in the part of time `part`; parts come in order. */
  go(part: number): void {
    for (let next = Math.max(this.part + 1, part - PARTS); next <= part; next++) {
      this.wentInWindow -= this.wentInPart[placeOf(next)] as number;
      this.wentInPart[placeOf(next)] = 0;
    }
    this.part = part;
    this.wentInPart[placeOf(part)] = (this.wentInPart[placeOf(part)] as number) + 1;
    this.wentInWindow++;
    this.away++;
  }

  /**
   * Freezes if enough went within the window and are still away; thaws if too few of all are away. Who comes and
   * goes at the threshold does not make it two: one more has to be away than when it froze, or most have to return.
   */
  judge({ share, atLeast }: MassFailureSettings): void {
    const enough = (count: number) => count >= atLeast && count > share * this.size;
    if (this.frozen) {
      this.frozen = enough(this.away);
      return;
    }
    if (this.awayAtFreeze > 0 && this.away <= this.awayAtFreeze / 2) this.end();
    this.frozen = this.away > this.awayAtFreeze && enough(Math.min(this.wentInWindow, this.away));
    if (this.frozen) this.awayAtFreeze = this.away;
  }

  /** The next mass failure needs as many that go anew. */
  private end(): void {
    this.awayAtFreeze = 0;
    this.wentInPart.fill(0);
    this.wentInWindow = 0;
  }
}

function placeOf(part: number): number {
  return ((part % KEPT_PARTS) + KEPT_PARTS) % KEPT_PARTS;
}

/**
 * Tells the failure of a network or a data centre from that of its providers: when more than 55 % of a zone or
 * of the fleet, and at least 4 of them, go within one window, automatic consequences have to wait. That ends
 * when no more than this share, or fewer than 4, are away, whether they returned or were removed; it begins again
 * if more go within the window, as when somebody joins in the middle of it. Every call
 * costs O(1), and a scope costs the same for any number of providers.
 *
 * A zone counts its own providers; the fleet counts all, also those without a zone. The caller reports each
 * change of a provider once and in order; the guard does not know which providers there are. The events that
 * a call returns are raised by nothing else: the caller passes them on.
 */
export class MassFailureGuard {
  private readonly fleet = new Scope('fleet');
  private readonly zones = new Map<string, Scope>();

  constructor(private readonly settings: MassFailureSettings = DEFAULT_MASS_FAILURE) {}

  /** Whether consequences for a provider of this zone have to wait: its zone or the fleet is failing. */
  isFrozen(zone: string | undefined): boolean {
    return this.fleet.frozen || (zone !== undefined && this.zones.get(zone)?.frozen === true);
  }

  /** The mass failures that are going on, the fleet's first, with the counts of now. */
  current(): MassFailure[] {
    return [this.fleet, ...this.zones.values()].filter(({ frozen }) => frozen).map(eventOf);
  }

  /** A provider was added; `unavailable` if it is away and went in no window, as after a change of its zone. */
  joined(zone: string | undefined, unavailable = false): MassFailure[] {
    return this.change(zone, (scope) => {
      scope.size++;
      if (unavailable) scope.away++;
    });
  }

  /** A provider was removed; `unavailable` if it was away. */
  left(zone: string | undefined, unavailable: boolean): MassFailure[] {
    return this.change(zone, (scope) => {
      scope.size--;
      if (unavailable) scope.away--;
    });
  }

  /** A provider became `Unavailable` at `nowMs` of the running clock. */
  went(zone: string | undefined, nowMs: number): MassFailure[] {
    const part = Math.floor((nowMs * PARTS) / this.settings.windowMs);
    return this.change(zone, (scope) => scope.go(part));
  }

  /** A provider that was `Unavailable` was heard. */
  returned(zone: string | undefined): MassFailure[] {
    return this.change(zone, (scope) => scope.away--);
  }

  /**
   * Takes the providers of before a restart back, so that a restart during a mass failure releases nothing.
   * Raises no events: they were raised when it happened. Providers that are away already are not going now.
   */
  recover(providers: readonly RecoveredProvider[], nowMs: number): void {
    for (const { zone } of providers) this.joined(zone);
    const away = providers.filter(({ unavailableMsAgo }) => unavailableMsAgo !== undefined);
    const inOrder = away.toSorted((a, b) => (b.unavailableMsAgo as number) - (a.unavailableMsAgo as number));
    for (const { zone, unavailableMsAgo } of inOrder) {
      this.went(zone, nowMs - Math.max(0, unavailableMsAgo as number));
    }
  }

  /** Changes the fleet and the zone, and returns what began or ended with that. */
  private change(zone: string | undefined, apply: (scope: Scope) => void): MassFailure[] {
    const events: MassFailure[] = [];
    for (const scope of zone === undefined ? [this.fleet] : [this.fleet, this.scopeOf(zone)]) {
      const wasFrozen = scope.frozen;
      apply(scope);
      scope.judge(this.settings);
      if (wasFrozen !== scope.frozen) events.push(eventOf(scope));
    }
    if (zone !== undefined && this.zones.get(zone)?.size === 0) this.zones.delete(zone);
    return events;
  }

  private scopeOf(zone: string): Scope {
    let scope = this.zones.get(zone);
    if (!scope) this.zones.set(zone, (scope = new Scope({ zone })));
    return scope;
  }
}

function eventOf({ name, frozen, away, size }: Scope): MassFailure {
  return { scope: name, kind: frozen ? 'began' : 'ended', gone: away, of: size };
}
