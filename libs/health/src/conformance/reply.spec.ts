import { AssertionError } from 'node:assert';
import { readStrictly } from './reply.js';

const CHECK = { name: 'successful-check', status: 'UP' };

describe('readStrictly', () => {
  // each was given to the TCK's own mapper: Jackson 2.2.3 and HealthCheckResponse 4.0.1, on Java 17
  it.each<[string, unknown]>([
    ['nothing else', CHECK],
    ['null data', { ...CHECK, data: null }],
  ])('reads a check with %s, as the TCK does', (_what, check) => {
    expect(readStrictly(check)).toMatchObject(CHECK);
  });

  it.each<[string, unknown]>([
    ['a further member', { ...CHECK, kinds: [] }],
    ['a further member that is null', { ...CHECK, further: null }],
    ['data', { ...CHECK, data: { free: 1 } }],
    ['data without content', { ...CHECK, data: {} }],
    ['data that is a list', { ...CHECK, data: [] }],
    ['data that is text', { ...CHECK, data: 'x' }],
    ['a status in small letters', { ...CHECK, status: 'up' }],
    ['an empty status', { ...CHECK, status: '' }],
    ['a name that is a list', { ...CHECK, name: ['successful-check'] }],
  ])('refuses a check with %s, as the TCK does', (_what, check) => {
    expect(() => readStrictly(check)).toThrow(AssertionError);
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
  ])('refuses %s in place of a check, as the TCK does', (_what, check) => {
    expect(() => readStrictly(check)).toThrow(AssertionError);
  });

  it.each<[string, unknown]>([
    ['a number as status, which Jackson takes for the place in the enumeration', { ...CHECK, status: 0 }],
    ['a number as name, which Jackson takes for text', { ...CHECK, name: 5 }],
    ['no status', { name: 'successful-check' }],
    ['no name', { status: 'UP' }],
  ])('refuses a check with %s, which the schema does not allow', (_what, check) => {
    expect(() => readStrictly(check)).toThrow(AssertionError);
  });
});
