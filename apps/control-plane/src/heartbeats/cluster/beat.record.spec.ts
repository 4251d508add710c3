import fc from 'fast-check';
import { type BeatRecord, readBeatRecord, writeBeatRecord } from './beat.record.js';

const number = fc.double({ noNaN: true, min: -8.64e15, max: 8.64e15 });
const toldMs = fc.integer({ min: 1, max: 2_147_483_647 });
const record: fc.Arbitrary<BeatRecord> = fc.record({
  instance: fc.string({ minLength: 1 }),
  sentMs: number,
  beats: fc.array(fc.record({ key: number, toldMs, reportedAtMs: number, heardAtMs: number })),
  hasRefused: fc.boolean(),
  isBehind: fc.boolean(),
  isLast: fc.boolean(),
});

describe('a record of heartbeats', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(record, (written) => {
        // JSON has one zero
        const read = readBeatRecord(Buffer.from(writeBeatRecord(written)));
        expect(JSON.stringify(read)).toBe(JSON.stringify(written));
      }),
    );
  });

  it('is refused with a reason, and nothing else happens, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (value) => {
          expect(readBeatRecord(value)).toBeTypeOf('string');
        },
      ),
    );
    expect(readBeatRecord(undefined)).toBe('it has no value');
  });

  it.each([
    ['"sent":1e300,"beats":[]', 'it says not when it was sent'],
    ['"sent":1,"beats":[1,10000,1,1e300]', 'its heartbeats are no list of numbers'],
    ['"sent":1,"beats":[1,1e15,1,1]', 'it has an interval that nobody is told'],
    ['"sent":1,"beats":[1,0,1,1]', 'it has an interval that nobody is told'],
  ])('is refused with numbers that nothing can be reckoned with: %s', (members, why) => {
    expect(readBeatRecord(Buffer.from(`{"v":1,"instance":"a",${members}}`))).toBe(why);
  });

  it('says which version it knows of one that is newer', () => {
    expect(readBeatRecord(Buffer.from('{"v":2}'))).toBe('it is of version 2, and this one knows 1');
  });
});
