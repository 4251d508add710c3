import type { ProbeResult } from '@vitals/core/check';
import { type Clock, RunningClock } from '@vitals/core/time';
import type { Check } from '../../../../apps/control-plane/src/checks/check.js';
import { CheckMassFailure } from '../../../../apps/control-plane/src/checks/check.mass-failure.js';
import type { StoredCheckState } from '../../../../apps/control-plane/src/checks/check.rows.js';

/** How checks are judged: as the product does, or with one of its rules taken away. */
export class Variant {
  readonly name: string = 'product';

  createClock(clock: Clock): RunningClock {
    return new RunningClock(clock);
  }

  createGuard(...parts: ConstructorParameters<typeof CheckMassFailure>): CheckMassFailure {
    return new CheckMassFailure(...parts);
  }

  /** What a process makes of the state of a check at its start, after it was away for `_awayMs`. */
  recovered(state: StoredCheckState, _awayMs: number): StoredCheckState {
    return state;
  }

  /** Lets the product take what a look found. */
  take(check: Check, _result: ProbeResult, take: () => void): void {
    if (!check.removed) take();
  }
}
