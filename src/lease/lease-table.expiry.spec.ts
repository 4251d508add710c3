import { ManualClock } from '../time/manual-clock.js';
import { RunningClock } from '../time/running-clock.js';
import { DEFAULT_INTERVALS, IntervalPolicy } from './interval-policy.js';
import { NamedLeases } from '../../test/support/named-leases.js';
import type { LeaseView } from './lease-values.js';

const EVERYTHING = Number.POSITIVE_INFINITY;

function setUp() {
  const clock = new ManualClock();
  const running = new RunningClock(clock);
  const table = new NamedLeases(running, new IntervalPolicy(DEFAULT_INTERVALS, () => 0.5));
  const run = (ms: number) => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 50) {
      clock.jump(Math.min(50, leftMs));
      running.nowMs();
    }
  };
  return { clock, table, run, view: (name: string) => table.view(name) as LeaseView };
}

describe('LeaseTable: expiry', () => {
  it('decides an expired lease exactly once', () => {
    const { clock, table, run, view } = setUp();
    table.register('a');
    table.renew('a');
    run(35_999);
    expect(table.sweep(EVERYTHING)).toEqual([]);
    run(21);
    expect(table.sweep(EVERYTHING)).toEqual([
      {
        kind: 'provider',
        subject: 'a',
        from: 'Available',
        to: 'Unavailable',
        cause: 'no heartbeat for 36 s',
        atMs: clock.wallMs(),
      },
    ]);
    run(100_000);
    expect(table.sweep(EVERYTHING)).toEqual([]);
    expect(view('a').availability).toBe('Unavailable');
  });

  it('is Unavailable to a query from its deadline on, before any sweep', () => {
    const { table, run, view } = setUp();
    table.register('a');
    table.renew('a');
    run(36_000);
    expect(view('a')).toMatchObject({ availability: 'Unavailable', remainingMs: 0 });
    run(5_000);
    expect(view('a')).toMatchObject({ availability: 'Unavailable', remainingMs: -5_000 });
  });

  it('renews without a transition on a beat after the deadline but before the sweep', () => {
    const { table, run, view } = setUp();
    table.register('a');
    table.renew('a');
    run(40_000);
    expect(table.renew('a')?.transition).toBeUndefined();
    expect(view('a').availability).toBe('Available');
    expect(table.sweep(EVERYTHING)).toEqual([]);
  });

  it('makes the beat after Unavailable a transition, and can expire again', () => {
    const { table, run } = setUp();
    table.register('a');
    table.renew('a');
    run(36_000);
    table.sweep(EVERYTHING);
    run(50_000);
    expect(table.renew('a')?.transition).toMatchObject({ from: 'Unavailable', cause: 'heartbeats resumed' });
    expect(table.sweep(EVERYTHING)).toEqual([]);
    run(36_000);
    expect(table.sweep(EVERYTHING)).toMatchObject([{ from: 'Available', to: 'Unavailable' }]);
  });

  it('never decides a lease that was revoked', () => {
    const { table, run } = setUp();
    for (const name of ['a', 'b', 'c']) table.register(name);
    table.renew('b');
    expect(table.revoke('a')).toBe('Unknown');
    expect(table.revoke('b')).toBe('Available');
    run(40_000);
    expect(table.sweep(EVERYTHING).map(({ subject }) => subject)).toEqual(['c']);
    expect(table.revoke('c')).toBe('Unavailable');
    expect(table.size).toBe(0);
  });

  it('leaves in batches of the limit, each lease in one of them', () => {
    const { table, run } = setUp();
    for (let index = 0; index < 10; index++) table.register(`p${index}`);
    run(40_000);
    const batches = [4, 4, 4, 4].map((limit) => table.sweep(limit).map(({ subject }) => subject));
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 2, 0]);
    expect(new Set(batches.flat()).size).toBe(10);
  });
});

describe('LeaseTable: standstill of the observer', () => {
  it.each([['view'], ['renew'], ['sweep']])(
    'adds a pause to every deadline when %s is the first to see it',
    (entry) => {
      const { clock, table, run, view } = setUp();
      for (const name of ['a', 'b']) table.register(name);
      for (const name of ['a', 'b']) table.renew(name);
      run(30_000);
      clock.jump(60_000);
      if (entry === 'view') expect(view('a').availability).toBe('Suspect');
      if (entry === 'renew') expect(table.renew('b')?.transition).toBeUndefined();
      expect(table.sweep(EVERYTHING)).toEqual([]);
      expect(view('a').remainingMs).toBe(6_000 - 50);
      run(6_000);
      expect(table.sweep(EVERYTHING)).toMatchObject(
        [{ subject: 'a' }, { subject: 'b' }].slice(0, entry === 'renew' ? 1 : 2),
      );
    },
  );
});

describe('LeaseTable: restart', () => {
  it('gives a recovered lease a full deadline, and calls it Unknown until it is heard', () => {
    const { table, run, view } = setUp();
    table.recover([{ name: 'a', state: 'Available', advertisedMs: 10_000 }]);
    expect(view('a')).toMatchObject({ availability: 'Unknown', remainingMs: 36_000, silentMs: 0 });
    run(20_000);
    expect(view('a').availability).toBe('Unknown');
    expect(table.renew('a')?.transition).toBeUndefined();
    expect(view('a').availability).toBe('Available');
  });

  it('waits for the longest interval that a provider was told before the restart', () => {
    const { table, view, run } = setUp();
    table.recover([{ name: 'a', state: 'Available', advertisedMs: 55_000 }]);
    expect(view('a')).toMatchObject({
      remainingMs: 3 * 55_000 + 3_000,
      detectionBoundMs: 3 * 55_000 + 5_100,
    });
    expect(table.advertisedMs('a')).toBe(55_000);
    run(55_000);
    table.renew('a');
    expect(view('a').remainingMs).toBe(3 * 55_000 + 3_000);
  });

  it('decides one that is not heard after the restart exactly once, from what it was before', () => {
    const { table, run } = setUp();
    table.recover([
      { name: 'a', state: 'Available', advertisedMs: 0 },
      { name: 'b', state: 'Unknown', advertisedMs: 0 },
    ]);
    run(36_000);
    expect(table.sweep(EVERYTHING)).toMatchObject([
      { subject: 'a', from: 'Available', cause: 'no heartbeat for 36 s since the restart' },
      { subject: 'b', from: 'Unknown', cause: 'no heartbeat for 36 s since it registered' },
    ]);
    expect(table.sweep(EVERYTHING)).toEqual([]);
  });

  it('leaves Unavailable what was so, without deciding it again, until a beat', () => {
    const { table, run, view } = setUp();
    table.recover([{ name: 'a', state: 'Unavailable', advertisedMs: 10_000 }]);
    expect(view('a').availability).toBe('Unavailable');
    run(100_000);
    expect(table.sweep(EVERYTHING)).toEqual([]);
    expect(table.renew('a')?.transition).toMatchObject({ from: 'Unavailable', to: 'Available' });
    run(36_000);
    expect(table.sweep(EVERYTHING)).toHaveLength(1);
  });
});
