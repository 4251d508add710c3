import { type IntervalPolicy, type Lease, LeaseTable, type Renewal } from '@vitals/core/lease';
import { type Clock, RunningClock } from '@vitals/core/time';
import { type RecoveredWithAge, Variant } from '../observed/variant.js';
import { IN_MODEL, type Scenario } from '../scenario.js';

/** A clock that one call at a time sees shifted. */
class ShiftedClock extends RunningClock {
  private shiftMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.shiftMs;
  }

  shiftedBy<T>(shiftMs: number, call: () => T): T {
    this.shiftMs = shiftMs;
    try {
      return call();
    } finally {
      this.shiftMs = 0;
    }
  }
}

/** Takes a beat for received when its timestamp says that it was sent. */
export class WithoutReceiveTime extends Variant {
  override readonly name = 'without receive time';
  private clock: ShiftedClock | undefined;

  override createClock(clock: Clock): RunningClock {
    return (this.clock = new ShiftedClock(clock));
  }

  override renew(table: LeaseTable, lease: Lease, claimedAheadMs: number): Renewal {
    return (this.clock as ShiftedClock).shiftedBy(claimedAheadMs, () => table.renew(lease));
  }
}

class UnguardedClock extends RunningClock {
  constructor(private readonly machine: Clock) {
    super(machine);
  }

  override nowMs(): number {
    return this.machine.monotonicMs();
  }
}

/** Counts the time in which it stood still as silence of the others. */
export class WithoutPauseGuard extends Variant {
  override readonly name = 'without pause guard';

  override createClock(clock: Clock): RunningClock {
    return new UnguardedClock(clock);
  }
}

/** After a restart a lease has what was left of it. */
export class WithoutRestartExtension extends Variant {
  override readonly name = 'without restart extension';
  private clock: ShiftedClock | undefined;

  override createClock(clock: Clock): RunningClock {
    return (this.clock = new ShiftedClock(clock));
  }

  override recover(table: LeaseTable, leases: readonly RecoveredWithAge[]): Lease[] {
    return leases.flatMap((lease) =>
      (this.clock as ShiftedClock).shiftedBy(-lease.heardMsAgo, () => table.recover([lease])),
    );
  }
}

class ForgetfulTable extends LeaseTable {
  override renew(lease: Lease): Renewal {
    lease.lastToldMs = 0;
    lease.secondLastToldMs = 0;
    lease.thirdLastToldMs = 0;
    return super.renew(lease);
  }
}

/** Takes for J the interval that is told last, as if no answer were ever lost. */
export class WithLastIntervalOnly extends Variant {
  override readonly name = 'J = last interval only';

  override createTable(running: RunningClock, policy: IntervalPolicy): LeaseTable {
    return new ForgetfulTable(running, policy);
  }
}

/** Answers a longer interval before it is durable. */
export class WithoutDurableInterval extends Variant {
  override readonly name = 'longer interval advertised before it is durable';

  override renew(table: LeaseTable, lease: Lease, claimedAheadMs: number): Renewal {
    return { ...super.renew(table, lease, claimedAheadMs), advertisedLonger: false };
  }
}

/** A rule taken away, and a scenario within the fault model in which it is needed. */
export interface Ablation {
  readonly create: () => Variant;
  readonly scenario: (seed: number) => Scenario;
}

/** A small fleet at the default settings in which everything goes wrong. */
const small = (seed: number): Scenario => ({ ...IN_MODEL, seed, providers: 20, hours: 3 });

/** A fleet over its budget that shrinks: what is told changes much from one answer to the next. */
const shrinking = (seed: number, intervalSeconds: number): Scenario => ({
  ...IN_MODEL,
  seed,
  providers: 60,
  hours: 8,
  intervals: { ...IN_MODEL.intervals, maxHeartbeatsPerSecond: 60 / intervalSeconds },
  providerCrashesPerProvider: 0.2,
  partitions: 0,
});

/** The product with one rule taken away each: the simulation has to notice. */
export const ABLATIONS: readonly Ablation[] = [
  { create: () => new WithoutReceiveTime(), scenario: small },
  { create: () => new WithoutPauseGuard(), scenario: small },
  { create: () => new WithoutRestartExtension(), scenario: small },
  {
    create: () => new WithLastIntervalOnly(),
    scenario: (seed) => ({
      ...shrinking(seed, 25),
      shrinks: 20,
      shrinksTo: 0.1,
      loss: 0.6,
      delays: 'extreme',
      controlPlaneCrashes: 0,
    }),
  },
  {
    create: () => new WithoutDurableInterval(),
    scenario: (seed) => ({
      ...shrinking(seed, 60),
      shrinks: 120,
      shrinksTo: 0.2,
      loss: 0,
      delays: 'short',
      pauses: 0,
    }),
  },
];
