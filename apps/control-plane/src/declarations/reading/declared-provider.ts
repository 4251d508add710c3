import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { getMetadataStorage } from 'class-validator';
import { pointerTo } from '@vitals/core/json';
import { createValidationPipe, invalid } from '../../http/validation.js';
import { registrationOf } from '../../providers/registration/registration.controller.js';
import { readCapacity } from '../../providers/resources.js';
import type { DeclaredProvider } from '../declarations.js';
import { DeclaredProviderDto } from './declared-provider.dto.js';

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
  faults.push(...unknownMembers(body));
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

function unknownMembers(body: object): FieldFault[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(DeclaredProviderDto, '', true, false);
  const known = new Set(rules.map(({ propertyName }) => propertyName));
  const detail = `is not known here; the members are ${[...known].join(', ')}`;
  return Object.keys(body)
    .filter((member) => !known.has(member))
    .map((member) => ({ pointer: pointerTo('', member), detail }));
}
