import { VitalsError } from '@vitals/core/errors';
import fc from 'fast-check';
import { service as official } from 'grpc-health-check';
import {
  decodeCheckRequest,
  decodeCheckResponse,
  decodeEmpty,
  decodeListResponse,
  encodeCheckRequest,
  encodeCheckResponse,
  encodeEmpty,
  encodeListResponse,
  SERVING_STATUSES,
} from './health-message.js';

/** Coding of the official proto file by @grpc/proto-loader. */
const { Check, List } = official as unknown as Record<'Check' | 'List', OfficialMethod>;

interface OfficialMethod {
  requestSerialize(message: object): Buffer;
  requestDeserialize(bytes: Buffer): Record<string, unknown>;
  responseSerialize(message: object): Buffer;
  responseDeserialize(bytes: Buffer): Record<string, unknown>;
}

const decoders: readonly (readonly [string, (bytes: Uint8Array) => unknown])[] = [
  ['HealthCheckRequest', decodeCheckRequest],
  ['HealthCheckResponse', decodeCheckResponse],
  ['HealthListRequest', decodeEmpty],
  ['HealthListResponse', decodeListResponse],
];

const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 120, maxLength: 300 }),
);
const anyStatus = fc.constantFrom(...SERVING_STATUSES);
/** A plain object cannot hold the key `__proto__`, and the official coding uses one. */
const listings = fc.dictionary(
  names.filter((name) => name !== '__proto__'),
  anyStatus,
  { noNullPrototype: true },
);

const varint = (value: number): number[] =>
  value > 0x7f ? [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))] : [value];
/** Fields that no health message has, of every wire type. */
const unknownFields = fc.array(
  fc
    .record({ field: fc.integer({ min: 3, max: 0x1fff_ffff }), bytes: fc.uint8Array({ maxLength: 20 }) })
    .chain(({ field, bytes }) => {
      const tag = (wireType: number): number[] => varint(field * 8 + wireType);
      const eight = [1, 2, 3, 4, 5, 6, 7, 8];
      const delimited = [...tag(2), ...varint(bytes.length), ...bytes];
      return fc.constantFrom(
        [...tag(0), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [...tag(1), ...eight],
        delimited,
        [...tag(3), ...delimited, ...tag(3), ...tag(5), 1, 2, 3, 4, ...tag(4), ...tag(4)],
        [...tag(5), 1, 2, 3, 4],
      );
    }),
  { maxLength: 4 },
);

describe('health messages, against the official proto', () => {
  it('write a request that the official coding reads, and read what it writes', () => {
    fc.assert(
      fc.property(names, (service) => {
        const bytes = encodeCheckRequest({ service });
        expect(Check.requestDeserialize(bytes)).toEqual({ service });
        expect(decodeCheckRequest(bytes)).toEqual({ service });
        expect(decodeCheckRequest(Check.requestSerialize({ service }))).toEqual({ service });
      }),
    );
  });

  it.each(SERVING_STATUSES)('write and read %s as the official coding does', (status) => {
    const bytes = encodeCheckResponse({ status });
    expect(Check.responseDeserialize(bytes)).toEqual({ status });
    expect(decodeCheckResponse(bytes)).toEqual({ status });
    expect(decodeCheckResponse(Check.responseSerialize({ status }))).toEqual({ status });
  });

  it('write a list that the official coding reads, and read what it writes', () => {
    fc.assert(
      fc.property(listings, (listing) => {
        const wrapped = Object.fromEntries(
          Object.entries(listing).map(([service, status]) => [service, { status }]),
        );
        const map = new Map(Object.entries(listing));
        expect(List.responseDeserialize(encodeListResponse({ statuses: map }))).toEqual({
          statuses: wrapped,
        });
        expect(decodeListResponse(List.responseSerialize({ statuses: wrapped }))).toEqual({ statuses: map });
        expect(List.requestDeserialize(encodeEmpty())).toEqual({});
        expect(decodeEmpty(List.requestSerialize({}))).toEqual({});
      }),
    );
  });

  it('skip fields that they do not know, wherever they stand', () => {
    fc.assert(
      fc.property(names, anyStatus, unknownFields, unknownFields, (service, status, before, after) => {
        const around = (bytes: Uint8Array) => Buffer.from([...before.flat(), ...bytes, ...after.flat()]);
        expect(decodeCheckRequest(around(encodeCheckRequest({ service })))).toEqual({ service });
        expect(decodeCheckResponse(around(encodeCheckResponse({ status })))).toEqual({ status });
        const list = { statuses: new Map([[service, status]]) };
        expect(decodeListResponse(around(encodeListResponse(list)))).toEqual(list);
        expect(decodeEmpty(around(Buffer.alloc(0)))).toEqual({});
      }),
    );
  });
});

describe('health messages from anybody', () => {
  it('are read, or refused with an error of our own, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...decoders), (bytes, [, decode]) => {
        try {
          expect(decode(bytes)).toBeInstanceOf(Object);
        } catch (error) {
          expect(error).toBeInstanceOf(VitalsError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, number[], RegExp]>([
    ['a field number of 0', [0x00, 0x00], /field number/],
    ['a field number that is too large', [0x80, 0x80, 0x80, 0x80, 0x10, 0x00], /field number/],
    ['a tag and no value', [0x18], /ends within a number/],
    ['a number that never ends', [0x18, ...Array<number>(10).fill(0xff), 0x01], /longer than 64 bits/],
    ['a length beyond the end', [0x1a, 0x05, 0x41], /ends within a field/],
    ['a length beyond all memory', [0x1a, ...Array<number>(9).fill(0xff), 0x01], /ends within a field/],
    ['half a fixed number', [0x1d, 0x01, 0x02], /ends within a field/],
    ['a group that does not end', [0x1b, 0x18, 0x01], /ends within a number/],
    ['a group that another one ends', [0x1b, 0x24], /did not begin/],
    ['a group end alone', [0x1c], /did not begin/],
    ['an unknown wire type', [0x1e], /wire type/],
    ['groups without end', Array<number>(5_000).fill(0x1b), /too deeply/],
  ])('are refused when they have %s', (_what, bytes, message) => {
    for (const [, decode] of decoders) {
      expect(() => decode(Buffer.from(bytes))).toThrow(VitalsError);
      expect(() => decode(Buffer.from(bytes))).toThrow(message);
    }
  });

  it('are refused when a name is not UTF-8', () => {
    const bad = [0x0a, 0x02, 0xc3, 0x28];
    expect(() => decodeCheckRequest(Buffer.from(bad))).toThrow(/UTF-8/);
    expect(() => decodeListResponse(Buffer.from([0x0a, bad.length, ...bad]))).toThrow(/UTF-8/);
  });

  it.each<[string, number[]]>([
    ['that has no name', [0x08, 0x07]],
    ['that is negative', [0x08, ...Array<number>(9).fill(0xff), 0x01]],
    ['of another wire type', [0x0a, 0x01, 0x01]],
  ])('have the status UNKNOWN instead of one %s', (_what, bytes) => {
    expect(decodeCheckResponse(Buffer.from(bytes))).toEqual({ status: 'UNKNOWN' });
  });

  it('count the last of fields that are repeated', () => {
    const twice = Buffer.concat([encodeCheckRequest({ service: 'a' }), encodeCheckRequest({ service: 'b' })]);
    expect(decodeCheckRequest(twice)).toEqual({ service: 'b' });
    expect(decodeCheckResponse(Buffer.from([0x08, 1, 0x08, 2]))).toEqual({ status: 'NOT_SERVING' });
  });

  it('take what an entry of a list leaves out for the default', () => {
    expect(decodeListResponse(Buffer.from([0x0a, 0x00]))).toEqual({ statuses: new Map([['', 'UNKNOWN']]) });
  });

  it('keep a service that is called __proto__', () => {
    const statuses = new Map([['__proto__', 'SERVING' as const]]);
    expect(decodeListResponse(encodeListResponse({ statuses }))).toEqual({ statuses });
  });
});
