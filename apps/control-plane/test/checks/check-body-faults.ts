import type { FieldFault, VitalsError } from '@vitals/core/errors';
import { readCheckBody } from '../../src/checks/wire/check.body.js';

/** Where the body of a check is wrong, and why. */
export async function faultsOf(body: unknown): Promise<readonly FieldFault[]> {
  try {
    await readCheckBody(body);
    return [];
  } catch (error) {
    expect((error as VitalsError).code).toBe('request-invalid');
    return (error as VitalsError).faults;
  }
}
