import fc from 'fast-check';
import { BodyBuffers, NO_ROOM_FOR_BODY } from './body-buffers.js';

const KIB = 1_024;
const noRoom = expect.objectContaining({ code: NO_ROOM_FOR_BODY }) as Error;

describe('BodyBuffers', () => {
  it('has room for any number of bodies of up to 64 KiB, whatever the long ones take', () => {
    const buffers = new BodyBuffers(100 * KIB);
    buffers.take(100 * KIB);
    for (let at = 0; at < 2_000; at++) expect(buffers.take(64 * KIB).length).toBe(64 * KIB);
    expect(() => buffers.take(65 * KIB)).toThrow(noRoom);
  });

  it('has room for long bodies again when others were given back, once each', () => {
    const buffers = new BodyBuffers(300 * KIB);
    const first = buffers.take(200 * KIB);
    expect(() => buffers.take(101 * KIB)).toThrow(noRoom);
    const second = buffers.take(100 * KIB);
    buffers.giveBack(first.subarray(3));
    buffers.giveBack(first);
    expect(() => buffers.take(201 * KIB)).toThrow(noRoom);
    buffers.giveBack(second);
    expect(buffers.take(300 * KIB).length).toBe(300 * KIB);
  });

  it('never gives one memory to two bodies, and never more than it may', () => {
    const most = 500 * KIB;
    const step = fc.oneof(fc.integer({ min: 1, max: 300 * KIB }), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const buffers = new BodyBuffers(most);
        const held: Buffer[] = [];
        for (const bytes of steps) {
          if (bytes === undefined) {
            const first = held.shift();
            if (first) buffers.giveBack(first);
            continue;
          }
          const longBytes = held
            .filter(({ length }) => length > 64 * KIB)
            .reduce((sum, b) => sum + b.length, 0);
          const isRoom = bytes <= 64 * KIB || longBytes + bytes <= most;
          if (!isRoom) expect(() => buffers.take(bytes)).toThrow(noRoom);
          else {
            const taken = buffers.take(bytes);
            expect(taken.length).toBeGreaterThanOrEqual(bytes);
            held.push(taken.fill(held.length));
          }
        }
        const large = held.filter(({ length }) => length >= 4 * KIB).map(({ buffer }) => buffer);
        expect(new Set(large).size).toBe(large.length);
      }),
    );
  });
});
