import { type ErrorCode, VitalsError } from './errors.js';

describe('VitalsError', () => {
  it.each<[ErrorCode, boolean]>([
    ['duration-invalid', false],
    ['quantity-invalid', false],
    ['timestamp-invalid', false],
    ['provider-not-registered', false],
    ['provider-id-conflict', false],
    ['generation-stale', false],
    ['request-invalid', false],
    ['check-invalid', false],
    ['check-not-found', false],
    ['service-not-found', false],
    ['target-denied', false],
    ['task-definition-invalid', false],
    ['backup-conflict', false],
    ['backup-failed', true],
    ['settings-invalid', false],
    ['declaration-invalid', false],
    ['store-unavailable', true],
    ['overloaded', true],
  ])('of code %s says whether a retry can help: %s', (code, retryable) => {
    expect(new VitalsError(code, 'text')).toMatchObject({
      code,
      retryable,
      message: 'text',
      name: 'VitalsError',
    });
  });

  it('is an error that keeps what lay underneath', () => {
    const cause = new Error('disk full');
    const error = new VitalsError('store-unavailable', 'nothing was written', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.cause).toBe(cause);
  });

  it('names the fields that are wrong, and none unless told', () => {
    const faults = [{ pointer: '/phase', detail: 'is not a phase' }];
    expect(new VitalsError('request-invalid', 'text', { faults }).faults).toEqual(faults);
    expect(new VitalsError('request-invalid', 'text').faults).toEqual([]);
  });
});
