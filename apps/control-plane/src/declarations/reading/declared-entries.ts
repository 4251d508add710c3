import { type FieldFault, VitalsError } from '@vitals/core/errors';
import type { GuardedKind } from '@vitals/core/mass-failure';
import { pointerTo } from '@vitals/core/json';
import { tryParseTimestamp } from '@vitals/core/time';
import { IsBoolean } from 'class-validator';
import { OptionalMember, Part } from '../../http/members.js';
import { createValidationPipe, invalid, unknownMembers as membersUnknownTo } from '../../http/validation.js';
import { readCapacity, RegisterProviderDto } from '../../providers/provider.schema.js';
import { registrationOf } from '../../providers/registration.controller.js';
import type { Registration } from '../../providers/provider.rows.js';

/** A provider as it is declared: a registration, and whether it is to be cordoned. */
@Part('A provider that is declared.')
export class DeclaredProviderDto extends RegisterProviderDto {
  @OptionalMember('Out of placement; as it is if left out.', IsBoolean())
  cordoned?: boolean;
}

/** The member of the metadata that marks a declared registration. */
export const MARK = 'declared_by';

const KINDS: readonly GuardedKind[] = ['provider', 'service'];
const ACKNOWLEDGEMENT_MEMBERS = ['kind', 'name', 'began_at'];

/** A provider as it is declared, and where. */
export interface DeclaredProvider {
  readonly registration: Registration;
  /** `undefined` leaves it to the operators. */
  readonly cordoned: boolean | undefined;
  readonly pointer: string;
}

/** A mass failure that is acknowledged, by the members that identify it. */
export interface DeclaredAcknowledgement {
  readonly kind: GuardedKind;
  /** The zone or the tag; `undefined` for all. */
  readonly zone: string | undefined;
  /** Epoch milliseconds; the second counts. */
  readonly beganAtMs: number;
}

const pipe = createValidationPipe();

/**
 * Reads a provider as it is declared.
 * @param pointer where it is declared
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export async function readDeclaredProvider(body: unknown, pointer: string): Promise<DeclaredProvider> {
  assertObject(body, 'must be an object, as in the body of POST /providers');
  const given = body as unknown as DeclaredProviderDto;
  const faults: FieldFault[] = [];
  try {
    await pipe.transform(body, { type: 'body', metatype: DeclaredProviderDto });
  } catch (error) {
    faults.push(...faultsIn(error));
  }
  try {
    readCapacity(Object(given.metadata?.resources) as Record<string, unknown>, '/metadata/resources');
  } catch (error) {
    faults.push(...faultsIn(error));
  }
  faults.push(...membersUnknownTo(body, DeclaredProviderDto));
  if (Object.hasOwn(Object(given.metadata) as object, MARK)) {
    faults.push({ pointer: `/metadata/${MARK}`, detail: 'says that it is declared here; leave it out' });
  }
  if (faults.length > 0) throw invalid(faults);
  return {
    registration: registrationOf(given, given.name, given.metadata),
    cordoned: given.cordoned,
    pointer,
  };
}

/**
 * Reads the acknowledgement of a mass failure.
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export function readAcknowledgement(body: unknown): DeclaredAcknowledgement {
  assertObject(body, 'must be an object with kind, name and began_at');
  const { kind, name, began_at: beganAt } = body;
  const faults = unknownMembers(body, ACKNOWLEDGEMENT_MEMBERS);
  const known = KINDS.find((one) => one === kind);
  if (!known) faults.push({ pointer: '/kind', detail: `must be one of ${KINDS.join(', ')}` });
  const isName = name === undefined || (typeof name === 'string' && name.length > 0 && name.length <= 1_000);
  if (!isName)
    faults.push({ pointer: '/name', detail: 'must be the zone or the tag; leave it out for everything' });
  const beganAtMs = typeof beganAt === 'string' ? tryParseTimestamp(beganAt) : undefined;
  if (beganAtMs === undefined) {
    const detail = 'must be the began_at that GET /mass-failures answers, such as "2026-01-31T10:00:00Z"';
    faults.push({ pointer: '/began_at', detail });
  }
  if (faults.length > 0 || !known || beganAtMs === undefined) throw invalid(faults);
  return { kind: known, zone: name as string | undefined, beganAtMs };
}

function assertObject(body: unknown, detail: string): asserts body is Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid([{ pointer: '', detail }]);
}

function unknownMembers(body: object, known: readonly string[]): FieldFault[] {
  const detail = `is not known here; the members are ${known.join(', ')}`;
  return Object.keys(body)
    .filter((member) => !known.includes(member))
    .map((member) => ({ pointer: pointerTo('', member), detail }));
}

function faultsIn(error: unknown): readonly FieldFault[] {
  if (error instanceof VitalsError) return error.faults;
  throw error;
}
