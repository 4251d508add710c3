import fc from 'fast-check';
import { freeOf, freeShareOf, largerOf, parseAmount, shortOf, sumOf } from './capacity.js';

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

describe('shortOf', () => {
  it('names the first resource of which there is too little', () => {
    expect(shortOf({ cpu: 1, memory: 5 }, { cpu: 1, memory: 5 })).toBeUndefined();
    expect(shortOf({ cpu: 1, memory: 5 }, { memory: 6, cpu: 2 })).toBe('cpu');
    expect(shortOf({ cpu: 1 }, { storage: 1 })).toBe('storage');
    expect(shortOf({}, { storage: 0 })).toBeUndefined();
  });

  it('does not mind what is lost when fractions are added up', () => {
    expect(shortOf({ cpu: 1 - 0.9 }, { cpu: 0.1 })).toBeUndefined();
  });
});

describe('freeShareOf', () => {
  it('is the same for amounts that only rounding tells apart', () => {
    expect(freeShareOf({ cpu: 1 }, { cpu: 0.1 + 0.2 })).toBe(freeShareOf({ cpu: 1 }, { cpu: 0.3 }));
  });

  it('is 0 to 1, and loses nothing when it is taken from 1', () => {
    const amount = fc.oneof(fc.constant(undefined), fc.double({ min: 0, max: 1e15, noNaN: true }));
    const amounts = fc.record({ cpu: amount, memory: amount, storage: amount, node: amount });
    fc.assert(
      fc.property(amounts, amounts, (capacity, allocated) => {
        const share = freeShareOf(capacity, allocated);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(1 - (1 - share)).toBe(share);
      }),
    );
  });
});

describe('largerOf and sumOf', () => {
  it('take each resource by itself, and leave out what neither states', () => {
    const [one, other] = [
      { cpu: 1, memory: 5 },
      { cpu: 2, storage: 3 },
    ];
    expect(largerOf(one, other)).toEqual({ cpu: 2, memory: 5, storage: 3 });
    expect(sumOf(one, other)).toEqual({ cpu: 3, memory: 5, storage: 3 });
    expect(largerOf({}, {})).toEqual({});
  });
});
