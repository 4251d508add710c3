import type { FieldFault, VitalsError } from '@vitals/core/errors';
import { CheckDto } from '../../src/checks/wire/check.dto.js';
import { readBody } from '../../src/http/validation.js';

/** Where the body of a check is wrong, and why. */
export async function faultsOf(body: unknown): Promise<readonly FieldFault[]> {
  try {
    await readBody(CheckDto, body);
    return [];
  } catch (error) {
    expect((error as VitalsError).code).toBe('request-invalid');
    return (error as VitalsError).faults;
  }
}
