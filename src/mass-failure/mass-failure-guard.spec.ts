import type { MassFailure } from './mass-failure.js';
import { MassFailureGuard } from './mass-failure-guard.js';

const WINDOW_MS = 32_000;
const HOLD_MS = 3_600_000;

function setUp(zones: Readonly<Record<string, number>>, withoutZone = 0) {
  const guard = new MassFailureGuard({ share: 0.55, atLeast: 4, windowMs: WINDOW_MS, holdMs: HOLD_MS });
  for (const [zone, size] of Object.entries(zones)) for (let at = 0; at < size; at++) guard.joined(zone);
  for (let at = 0; at < withoutZone; at++) guard.joined(undefined);
  const times = (count: number, call: () => MassFailure[]) => Array.from({ length: count }, call).flat();
  const go = (count: number, zone: string | undefined, nowMs = 0) =>
    times(count, () => guard.went(zone, nowMs));
  const back = (count: number, zone: string | undefined) => times(count, () => guard.returned(zone));
  return { guard, go, back };
}

describe('MassFailureGuard', () => {
  it('freezes a zone when more than 55 % of it go within one window, and leaves other zones alone', () => {
    const { guard, go } = setUp({ a: 20, b: 80 });
    expect(go(11, 'a')).toEqual([]);
    expect(guard.isFrozen('a')).toBe(false);
    expect(go(1, 'a')).toEqual([{ scope: { zone: 'a' }, kind: 'began', gone: 12, of: 20 }]);
    expect(guard.isFrozen('a')).toBe(true);
    expect(guard.isFrozen('b')).toBe(false);
    expect(guard.isFrozen(undefined)).toBe(false);
  });

  it('freezes with the fleet whoever may be in it: those without a zone, and zones too small to tell', () => {
    const { guard, go } = setUp({ a: 10, small: 3 }, 87);
    expect(go(56, undefined)).toEqual([{ scope: 'fleet', kind: 'began', gone: 56, of: 100 }]);
    expect([undefined, 'small', 'new', 'a'].map((zone) => guard.isFrozen(zone))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(go(3, 'a')).toEqual([]);
    expect(guard.isFrozen('a')).toBe(true);
  });

  it.each([1, 3, 4, 20])('never holds a zone of %d that is well for another that fails', (size) => {
    const { guard, go } = setUp({ a: 14, b: size }, 2);
    go(14, 'a');
    go(1, 'b');
    expect(['a', 'b', undefined].map((zone) => guard.isFrozen(zone))).toEqual([true, false, false]);
  });

  it('holds all of a fleet that fails evenly, also the zones that do not exceed the share', () => {
    const zones = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`z${index}`, 10]));
    const { guard, go } = setUp(zones);
    Object.keys(zones).forEach((zone, index) => go(index < 8 ? 5 : 6, zone));
    expect(Object.keys(zones).every((zone) => guard.isFrozen(zone))).toBe(true);
  });

  it('ends after the hold, and not again for those that are away since', () => {
    const { guard, go, back } = setUp({ a: 14, b: 20 });
    go(10, 'a', 5_000);
    expect(guard.overdue(5_000 + HOLD_MS - 1)).toEqual([]);
    expect(guard.overdue(5_000 + HOLD_MS)).toEqual([{ zone: 'a' }]);
    expect(guard.end({ zone: 'a' })).toEqual({ scope: { zone: 'a' }, kind: 'ended', gone: 10, of: 14 });
    expect([guard.settled('a', 10), guard.isFrozen('a'), guard.end({ zone: 'a' })]).toEqual([
      [],
      false,
      undefined,
    ]);
    expect(go(3, 'a', HOLD_MS + 6_000)).toEqual([]);
    expect(go(1, 'a', HOLD_MS + 6_000)).toEqual([{ scope: { zone: 'a' }, kind: 'began', gone: 4, of: 4 }]);
    expect(back(1, 'a')).toHaveLength(1);
  });

  it('puts the end off when a mass goes again, and not for single ones that come and go, or die', () => {
    const { guard, go, back } = setUp({ a: 100 }, 400);
    go(60, 'a', 0);
    for (const hour of [0.3, 0.6, 0.9]) {
      back(1, 'a');
      go(2, 'a', hour * HOLD_MS);
    }
    expect(guard.quietSinceMs({ zone: 'a' })).toBe(0);
    go(4, 'a', 0.95 * HOLD_MS);
    expect(guard.quietSinceMs({ zone: 'a' })).toBe(0.95 * HOLD_MS);
    expect(guard.overdue(HOLD_MS)).toEqual([]);
  });

  it('ends the fleet when what is settled leaves it well', () => {
    const { guard, go } = setUp({ a: 14, b: 4 });
    go(14, 'a');
    expect(guard.current()).toHaveLength(2);
    guard.end({ zone: 'a' });
    expect(guard.settled('a', 14)).toEqual([{ scope: 'fleet', kind: 'ended', gone: 0, of: 4 }]);
  });

  it('goes on after a restart with what was left of the hold, and tells what nobody had noted', () => {
    const { guard } = setUp({});
    const member = (zone: string) => ({ zone, unavailableMsAgo: 10_000 });
    const members = ['a', 'b', 'c'].flatMap((zone) => [1, 2, 3, 4].map(() => member(zone)));
    const more = Array.from({ length: 20 }, () => ({ zone: undefined, unavailableMsAgo: undefined }));
    const failing = [
      { scope: { zone: 'a' }, quietForMs: 0.9 * HOLD_MS },
      { scope: { zone: 'gone' }, quietForMs: 0 },
      { scope: { zone: 'b' }, quietForMs: 2 * HOLD_MS },
    ];
    expect(guard.recover([...members, ...more], 1_000, failing)).toEqual([
      { scope: { zone: 'gone' }, kind: 'ended', gone: 0, of: 0 },
      { scope: { zone: 'c' }, kind: 'began', gone: 4, of: 4 },
    ]);
    expect(guard.overdue(1_000)).toEqual([{ zone: 'b' }]);
    expect(guard.overdue(1_000 + 0.1 * HOLD_MS)).toEqual([{ zone: 'b' }, { zone: 'a' }]);
    expect(guard.overdue(1_000 + HOLD_MS)).toHaveLength(3);
  });

  it('raises both events when a zone and the fleet fail, and each once', () => {
    const { guard, go } = setUp({ a: 10 });
    expect(go(10, 'a')).toEqual([
      { scope: 'fleet', kind: 'began', gone: 6, of: 10 },
      { scope: { zone: 'a' }, kind: 'began', gone: 6, of: 10 },
    ]);
    expect(guard.current()).toEqual([
      { scope: 'fleet', kind: 'began', gone: 10, of: 10 },
      { scope: { zone: 'a' }, kind: 'began', gone: 10, of: 10 },
    ]);
  });

  it.each([1, 2, 3])('never freezes for fewer than 4: a zone of %d that goes as a whole', (size) => {
    const { guard, go } = setUp({ a: size }, 100);
    expect(go(size, 'a')).toEqual([]);
    expect(guard.isFrozen('a')).toBe(false);
  });

  it('does not add up what goes slower than the window', () => {
    const { go } = setUp({ a: 20 });
    expect(go(6, 'a', 0)).toEqual([]);
    expect(go(6, 'a', WINDOW_MS + 2_000)).toEqual([]);
    expect(go(5, 'a', 2 * WINDOW_MS)).toEqual([]);
    expect(go(1, 'a', 2 * WINDOW_MS + 1_999)).toHaveLength(2);
  });

  it('counts what goes anywhere within one window', () => {
    const { go } = setUp({ a: 20 }, 100);
    expect(go(6, 'a', 10_000)).toEqual([]);
    expect(go(6, 'a', 10_000 + WINDOW_MS)).toHaveLength(1);
  });

  it('ends when no more than the share is still away, whether they returned, were removed, or more joined', () => {
    const { guard, go, back } = setUp({ a: 20 }, 200);
    const ended = (gone: number, of: number) => [{ scope: { zone: 'a' }, kind: 'ended', gone, of }];
    go(14, 'a');
    expect(back(2, 'a')).toEqual([]);
    expect(back(1, 'a')).toEqual(ended(11, 20));
    expect(guard.isFrozen('a')).toBe(false);
    back(11, 'a');
    go(12, 'a', 50_000);
    expect([guard.left('a', true), guard.left('a', true)]).toEqual([[], []]);
    expect(guard.left('a', true)).toEqual(ended(9, 17));
  });

  it('ends when fewer than 4 are away, or nobody is left', () => {
    const { guard, go } = setUp({ a: 4 }, 100);
    expect(go(4, 'a')).toHaveLength(1);
    expect(guard.left('a', true)).toEqual([{ scope: { zone: 'a' }, kind: 'ended', gone: 3, of: 3 }]);
  });

  it('does not flap with one provider that comes and goes at the threshold', () => {
    const { go, back } = setUp({ a: 20 }, 200);
    expect(go(12, 'a')).toHaveLength(1);
    expect(back(1, 'a')).toHaveLength(1);
    for (let round = 0; round < 5; round++) {
      expect(go(1, 'a', 1_000 * round)).toEqual([]);
      expect(back(1, 'a')).toEqual([]);
    }
  });

  it('freezes again when more go after one joined or returned at the threshold', () => {
    for (const ending of ['joined', 'returned'] as const) {
      const { guard, go } = setUp({ a: 18 }, 200);
      expect(go(10, 'a')).toHaveLength(1);
      expect(guard[ending]('a')).toMatchObject([{ kind: 'ended' }]);
      go(8, 'a', 1_000);
      expect(guard.isFrozen('a')).toBe(true);
    }
  });

  it('counts a provider that joins while frozen, and one that joins away as away but not as going', () => {
    const { guard, go } = setUp({ a: 20 }, 200);
    go(12, 'a');
    expect(guard.joined('a')).toEqual([]);
    expect(guard.joined('a')).toEqual([{ scope: { zone: 'a' }, kind: 'ended', gone: 12, of: 22 }]);
    for (let at = 0; at < 50; at++) expect(guard.joined('b', true)).toEqual([]);
    expect(guard.isFrozen('b')).toBe(false);
  });

  it('costs no more for a hundred thousand at once than events began', () => {
    const { guard, go, back } = setUp({ a: 100_000 });
    expect(go(100_000, 'a')).toHaveLength(2);
    expect(back(100_000, 'a')).toHaveLength(2);
    expect(guard.current()).toEqual([]);
  });
});
