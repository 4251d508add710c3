import { ValidationPipe } from '@nestjs/common';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import type { ValidationError } from 'class-validator';

/** Validates the bodies and queries of the management API; a wrong field is a 422 that names it. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    forbidUnknownValues: true,
    exceptionFactory: (errors) => invalid(errors.flatMap((error) => faultsOf(error, ''))),
  });
}

/** A request with wrong fields. */
export function invalid(faults: readonly FieldFault[]): VitalsError {
  const [first] = faults;
  const detail = first ? `${first.pointer || 'the body'}: ${first.detail}` : 'the request is wrong';
  return new VitalsError('request-invalid', detail, { faults });
}

/** One segment of a JSON Pointer (RFC 6901 section 3). */
export function pointerTo(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function faultsOf({ property, constraints, children }: ValidationError, parent: string): FieldFault[] {
  const pointer = pointerTo(parent, property);
  const own = Object.values(constraints ?? {}).map((detail) => ({ pointer, detail }));
  return [...own, ...(children ?? []).flatMap((child) => faultsOf(child, pointer))];
}
