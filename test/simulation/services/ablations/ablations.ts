import type { ProbeResult } from '@vitals/core/check';
import { type Clock, RunningClock } from '@vitals/core/time';
import type { Check } from '../../../../apps/control-plane/src/checks/check.js';
import { CheckMassFailure } from '../../../../apps/control-plane/src/checks/check.mass-failure.js';
import type { StoredCheckState } from '../../../../apps/control-plane/src/checks/check.rows.js';
import { Variant } from '../plane/variant.js';
import { type Scenario, shortOf } from '../scenario.js';

class UnguardedFailures extends CheckMassFailure {
  override isFrozen(): boolean {
    return false;
  }
}

/** Removes whoever fails for too long, however many fail with them. */
class WithoutMassFailureGuard extends Variant {
  override readonly name = 'without the mass-failure guard';

  override createGuard(...parts: ConstructorParameters<typeof CheckMassFailure>): CheckMassFailure {
    return new UnguardedFailures(...parts);
  }
}

class WallRunningClock extends RunningClock {
  override nowMs(): number {
    return this.wallMs();
  }
}

/** Takes time from the wall clock, which jumps and does not stand still with the process. */
class OnWallClock extends Variant {
  override readonly name = 'judged by the wall clock';

  override createClock(clock: Clock): RunningClock {
    return new WallRunningClock(clock);
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
class WithoutPauseGuard extends Variant {
  override readonly name = 'without the pause guard';

  override createClock(clock: Clock): RunningClock {
    return new UnguardedClock(clock);
  }
}

/** Counts the time between two lives as failing. */
class WithDowntime extends Variant {
  override readonly name = 'downtime counts towards removal';

  override recovered(state: StoredCheckState, awayMs: number): StoredCheckState {
    const { progress } = state;
    if (progress?.failingForMs === undefined) return state;
    return { ...state, progress: { ...progress, failingForMs: progress.failingForMs + awayMs } };
  }
}

/** Counts failures, and for how long it has been failing, over successes in between. */
class WithoutReset extends Variant {
  override readonly name = 'a success does not end the streak';

  override take(check: Check, result: ProbeResult, take: () => void): void {
    const { failures, failingSinceMs } = check.state;
    take();
    if (result.outcome === 'success') check.state = { ...check.state, failures, failingSinceMs };
  }
}

/** A rule taken away, and a scenario in which it is needed. */
export interface Ablation {
  readonly create: () => Variant;
  readonly scenario: (seed: number) => Scenario;
}

/** The product with one rule taken away each: the oracle has to notice. */
export const ABLATIONS: readonly Ablation[] = [
  {
    create: () => new WithoutMassFailureGuard(),
    scenario: (seed) => ({ ...shortOf(seed), massFailures: 3, crashes: 0, blindness: 0 }),
  },
  { create: () => new OnWallClock(), scenario: (seed) => ({ ...shortOf(seed), wallClockJumps: 12 }) },
  { create: () => new WithoutPauseGuard(), scenario: shortOf },
  { create: () => new WithDowntime(), scenario: (seed) => ({ ...shortOf(seed), crashes: 20, hours: 1 }) },
  { create: () => new WithoutReset(), scenario: shortOf },
];
