import { freeOf, parseAmount } from './capacity.js';

describe('parseAmount', () => {
  it.each([
    ['cpu', '500m', 0.5],
    ['node', 3, 3],
    ['memory', '8GB', 8e9],
    ['storage', '1Ki', 1_024],
  ] as const)('reads %s in its own unit', (resource, quantity, amount) => {
    expect(parseAmount(resource, quantity)).toBe(amount);
  });

  it('refuses the unit of another resource', () => {
    expect(() => parseAmount('cpu', '8GB')).toThrow(expect.objectContaining({ code: 'quantity-invalid' }));
  });
});

describe('freeOf', () => {
  it('is what is left of each resource that was stated', () => {
    expect(freeOf({ cpu: 4, memory: 100 }, { cpu: 1, storage: 5 })).toEqual({ cpu: 3, memory: 100 });
    expect(freeOf({}, { cpu: 1 })).toEqual({});
  });

  it('is never negative, although more is allocated than there is', () => {
    expect(freeOf({ cpu: 1 }, { cpu: 4 })).toEqual({ cpu: 0 });
  });
});
