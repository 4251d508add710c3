import type { HttpTarget } from '@vitals/core/check';
import { AddressPolicy } from './address.policy.js';
import { TargetPolicy } from './target.policy.js';

const REFERABLE = new Map([
  ['VITALS_CHECK_SECRET_SHOP', 'Bearer of-the-shop'],
  ['VITALS_CHECK_SECRET_LINES', 'one\r\nhost: other'],
]);
const policy = new TargetPolicy(new AddressPolicy([]), REFERABLE);

function target(headers: Record<string, string>): HttpTarget {
  return {
    kind: 'http',
    url: 'https://shop.example/',
    method: 'GET',
    headers,
    expectedCodes: [],
    tlsSkipVerify: false,
  };
}

describe('A reference to the environment', () => {
  it('stands for the variable when the target is looked at, and for itself before that', () => {
    const referring = target({ authorization: 'env:VITALS_CHECK_SECRET_SHOP', accept: '*/*' });
    expect(policy.refusalOf(referring)).toBeUndefined();
    const resolved = policy.resolved(referring);
    expect(resolved).toEqual(target({ authorization: 'Bearer of-the-shop', accept: '*/*' }));
    expect(policy.resolved(referring)).toBe(resolved);
    expect(referring.headers['authorization']).toBe('env:VITALS_CHECK_SECRET_SHOP');
  });

  it.each([
    [
      'VITALS_CHECK_SECRET_NONE',
      'VITALS_CHECK_SECRET_NONE is not set in the environment of the control plane',
    ],
    ['VITALS_CHECK_SECRET_LINES', 'is not a valid header value'],
    ['VITALS_ADMIN_TOKEN', 'begins with VITALS_CHECK_SECRET_'],
    ['PATH', 'begins with VITALS_CHECK_SECRET_'],
    ['VITALS_CHECK_SECRET_', 'begins with VITALS_CHECK_SECRET_'],
    ['', 'begins with VITALS_CHECK_SECRET_'],
  ])('to %s is refused at its header, without a word of what it says', (name, why) => {
    const fault = policy.faultOf(target({ 'x-key': `env:${name}` }));
    expect(fault?.pointer).toBe('/http/headers/x-key');
    expect(fault?.detail).toContain(why);
    expect(fault?.detail).not.toMatch(/other|of-the-shop/);
  });
});
