import { type FieldFault, VitalsError } from '@vitals/core/errors';
import type { GuardedKind } from '@vitals/core/mass-failure';
import { parseTimestamp, tryParseTimestamp } from '@vitals/core/time';
import { IsBoolean, IsIn, Length } from 'class-validator';
import { Exact, IfGiven, isRecord, OptionalMember, Part, Rule } from '../../http/members.js';
import { invalid, readBody } from '../../http/validation.js';
import { readCapacity, RegisterProviderDto } from '../../providers/provider.schema.js';
import { registrationOf } from '../../providers/registration.controller.js';
import type { Registration } from '../../providers/provider.rows.js';

/** A provider as it is declared: a registration, and whether it is to be cordoned. */
@Exact()
@Part('A provider that is declared.')
export class DeclaredProviderDto extends RegisterProviderDto {
  @OptionalMember('Out of placement; as it is if left out.', IsBoolean())
  cordoned?: boolean;
}

/** The member of the metadata that marks a declared registration. */
export const MARK = 'declared_by';

/** A provider as it is declared. */
export interface DeclaredProvider {
  readonly registration: Registration;
  /** `undefined` leaves it to the operators. */
  readonly cordoned: boolean | undefined;
}

/** A mass failure that is acknowledged, by the members that identify it. */
export interface DeclaredAcknowledgement {
  readonly kind: GuardedKind;
  /** The zone or the tag; `undefined` for all. */
  readonly zone: string | undefined;
  /** Epoch milliseconds; the second counts. */
  readonly beganAtMs: number;
}

/** The same as it is written. */
@Exact()
class AcknowledgementDto {
  @IsIn(['provider', 'service'] satisfies GuardedKind[])
  kind!: GuardedKind;

  @IfGiven()
  @Length(1, 1_000, { message: 'must be the zone or the tag; leave it out for everything' })
  name?: string;

  @Rule((value) =>
    typeof value === 'string' && tryParseTimestamp(value) !== undefined
      ? undefined
      : 'must be the began_at that GET /mass-failures answers, such as "2026-01-31T10:00:00Z"',
  )
  began_at!: string;
}

/**
 * Reads a provider as it is declared.
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export async function readDeclaredProvider(body: unknown): Promise<DeclaredProvider> {
  assertObject(body, 'must be an object, as in the body of POST /providers');
  const given = body as unknown as DeclaredProviderDto;
  const resources = Object(given.metadata?.resources) as Record<string, unknown>;
  const faults = [
    ...(await faultsOf(() => readBody(DeclaredProviderDto, body))),
    ...(await faultsOf(() => readCapacity(resources, '/metadata/resources'))),
  ];
  if (Object.hasOwn(Object(given.metadata) as object, MARK)) {
    faults.push({ pointer: `/metadata/${MARK}`, detail: 'says that it is declared here; leave it out' });
  }
  if (faults.length > 0) throw invalid(faults);
  const { name, metadata, cordoned } = given;
  return { registration: registrationOf(given, name, metadata), cordoned };
}

/**
 * Reads the acknowledgement of a mass failure.
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export async function readAcknowledgement(body: unknown): Promise<DeclaredAcknowledgement> {
  assertObject(body, 'must be an object with kind, name and began_at');
  const { kind, name, began_at } = await readBody(AcknowledgementDto, body);
  return { kind, zone: name, beganAtMs: parseTimestamp(began_at) };
}

function assertObject(body: unknown, detail: string): asserts body is Readonly<Record<string, unknown>> {
  if (!isRecord(body)) throw invalid([{ pointer: '', detail }]);
}

async function faultsOf(read: () => unknown): Promise<readonly FieldFault[]> {
  try {
    await read();
    return [];
  } catch (error) {
    if (error instanceof VitalsError) return error.faults;
    throw error;
  }
}
