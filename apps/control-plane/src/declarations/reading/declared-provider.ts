import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { IsBoolean } from 'class-validator';
import { OptionalMember, Part } from '../../http/members.js';
import { createValidationPipe, invalid, unknownMembers } from '../../http/validation.js';
import { RegisterProviderDto } from '../../providers/provider.dto.js';
import { registrationOf } from '../../providers/registration/registration.controller.js';
import { readCapacity } from '../../providers/resources.js';
import type { DeclaredProvider } from '../declarations.js';

/** A provider as it is declared: a registration, and whether it is to be cordoned. */
@Part('A provider that is declared.')
export class DeclaredProviderDto extends RegisterProviderDto {
  @OptionalMember('Out of placement; as it is if left out.', IsBoolean())
  cordoned?: boolean;
}

/** The member of the metadata that tells a declared registration from one of the provider itself. */
export const MARK = 'declared_by';

const pipe = createValidationPipe();

/**
 * Reads a provider as it is declared.
 * @param pointer where it is declared
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export async function readDeclaredProvider(body: unknown, pointer: string): Promise<DeclaredProvider> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ pointer: '', detail: 'must be an object, as in the body of POST /providers' }]);
  }
  const given = body as DeclaredProviderDto;
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
  faults.push(...unknownMembers(body, DeclaredProviderDto));
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

function faultsIn(error: unknown): readonly FieldFault[] {
  if (error instanceof VitalsError) return error.faults;
  throw error;
}
