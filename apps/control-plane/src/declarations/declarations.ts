import type { CheckDto } from '../checks/wire/check.dto.js';
import type { Registration } from '../persistence/change.js';
import type { GuardedKind } from '../persistence/mass-failure.change.js';

/** A check as it is declared, and where: its place in the list `checks`. */
export interface DeclaredCheck {
  readonly id: string;
  readonly body: CheckDto;
  readonly pointer: string;
}

/** A provider as it is declared, and where. */
export interface DeclaredProvider {
  readonly registration: Registration;
  /** `undefined` leaves it to those who operate it. */
  readonly cordoned: boolean | undefined;
  readonly pointer: string;
}

/** A mass failure that is acknowledged, by what tells it from every other. */
export interface DeclaredAcknowledgement {
  readonly kind: GuardedKind;
  /** The zone or the tag; `undefined` for all. */
  readonly zone: string | undefined;
  /** Epoch milliseconds; the second counts. */
  readonly beganAtMs: number;
}

/** All that a file declares, in the order of the file; each id and name is there once. */
export interface Declarations {
  readonly checks: readonly DeclaredCheck[];
  readonly providers: readonly DeclaredProvider[];
  readonly acknowledgements: readonly DeclaredAcknowledgement[];
}
