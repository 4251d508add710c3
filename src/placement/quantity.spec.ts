import fc from 'fast-check';
import { parseBytes, parseCores } from './quantity.js';

describe('parseBytes', () => {
  it.each<[number | string, number]>([
    [0, 0],
    [1_024, 1_024],
    [1.6, 2],
    [9_007_199_254_740_991, 9_007_199_254_740_991],
    ['0', 0],
    ['1024', 1_024],
    ['1b', 1],
    ['1B', 1],
    ['1k', 1_000],
    ['1KB', 1_000],
    ['1M', 1_000_000],
    ['1mb', 1_000_000],
    ['1G', 1e9],
    ['1.5GB', 1.5e9],
    ['1T', 1e12],
    ['1TB', 1e12],
    ['1P', 1e15],
    ['1PB', 1e15],
    ['1Ki', 1_024],
    ['1KiB', 1_024],
    ['512MiB', 536_870_912],
    ['1Gi', 1_073_741_824],
    ['2TiB', 2_199_023_255_552],
    ['1Pi', 1_125_899_906_842_624],
    ['8 GB', 8e9],
    [' 8GB ', 8e9],
    ['0.5KiB', 512],
  ])('reads %j as %d', (quantity, bytes) => {
    expect(parseBytes(quantity)).toBe(bytes);
  });

  it.each<[unknown]>([
    [''],
    ['GB'],
    ['-1'],
    [-1],
    ['+1'],
    ['1e3'],
    ['1,000'],
    ['1.'],
    ['.5GB'],
    ['1  GB'],
    ['1XB'],
    ['1GiBs'],
    ['1toString'],
    ['9PiB'],
    ['9007199254740993'],
    [9_007_199_254_740_992],
    [1e21],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [undefined],
    [true],
    [{}],
    ['9'.repeat(1_000)],
  ])('refuses %j and says what is accepted', (quantity) => {
    const code = 'quantity-invalid';
    expect(() => parseBytes(quantity as string)).toThrow(expect.objectContaining({ code, retryable: false }));
    expect(() => parseBytes(quantity as string)).toThrow(/such as "512MiB"/);
  });

  it('reads every whole number as itself, as a number and as text', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect([parseBytes(bytes), parseBytes(String(bytes))]).toEqual([bytes, bytes]);
      }),
    );
  });
});

describe('parseCores', () => {
  it.each<[number | string, number]>([
    [0, 0],
    [2, 2],
    [1.5, 1.5],
    [0.1 + 0.2, 0.1 + 0.2],
    [7 / 3, 7 / 3],
    [1e-7, 1e-7],
    ['2', 2],
    ['1.5', 1.5],
    [' 2 ', 2],
    ['500m', 0.5],
    ['1m', 0.001],
    ['1500m', 1.5],
  ])('reads %j as %d', (quantity, cores) => {
    expect(parseCores(quantity)).toBe(cores);
  });

  it.each<[unknown]>([
    [''],
    ['m'],
    ['-1'],
    [-1],
    ['1M'],
    ['1 m'],
    ['1 core'],
    ['1e3'],
    ['.5'],
    ['9'.repeat(10)],
    [1e9],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [{}],
  ])('refuses %j and says what is accepted', (quantity) => {
    const code = 'quantity-invalid';
    expect(() => parseCores(quantity as string)).toThrow(expect.objectContaining({ code, retryable: false }));
    expect(() => parseCores(quantity as string)).toThrow(/such as "1.5" or "500m"/);
  });

  it('reads every number of cores as itself', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, maxExcluded: true, noNaN: true }), (cores) => {
        expect(parseCores(cores)).toBe(cores);
      }),
    );
  });
});
