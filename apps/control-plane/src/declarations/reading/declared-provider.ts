import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { getMetadataStorage } from 'class-validator';
import { createValidationPipe, pointerTo } from '../../http/validation.js';
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
  const faults = unknownMembers(body);
  const given = body as DeclaredProviderDto;
  try {
    await pipe.transform(body, { type: 'body', metatype: DeclaredProviderDto });
    readCapacity(given.metadata?.resources ?? {}, '/metadata/resources');
  } catch (error) {
    if (!(error instanceof VitalsError)) throw error;
    faults.unshift(...error.faults);
  }
  if (Object.hasOwn(given?.metadata ?? {}, MARK)) {
    faults.push({ pointer: `/metadata/${MARK}`, detail: 'says that it is declared here; leave it out' });
  }
  if (faults.length > 0)
    throw new VitalsError('request-invalid', 'the provider has wrong members', { faults });
  return {
    registration: registrationOf(given, given.name, given.metadata),
    cordoned: given.cordoned,
    pointer,
  };
}

function unknownMembers(body: unknown): FieldFault[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(DeclaredProviderDto, '', true, false);
  const known = new Set(rules.map(({ propertyName }) => propertyName));
  const detail = `is not known here; the members are ${[...known].join(', ')}`;
  return Object.keys(Object(body) as object)
    .filter((member) => !known.has(member))
    .map((member) => ({ pointer: pointerTo('', member), detail }));
}
