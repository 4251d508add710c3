import type { ManualClock } from '@vitals/core/time';
import { away, MemoryDatabase } from '../../test/memory.database.js';
import { TestPlane } from '../../test/test-plane.js';
import { isBuffering } from '../shutdown/stages.js';
import { MassFailureDirectory } from './mass-failure.directory.js';
import { MASS_FAILURES, SETTLED_MEMBERS } from './mass-failure.rows.js';
import { MassFailuresModule } from './mass-failures.module.js';

const BEGUN = { kind: 'provider', zone: 'west', beganAtMs: 0, gone: 4, of: 6, quietSinceMs: 0 } as const;
const MEMBERS = [{ key: 1, sinceMs: 0 }];

let clock: ManualClock;
let store: MemoryDatabase;
let directory: MassFailureDirectory;

beforeEach(async () => {
  store = new MemoryDatabase();
  const plane = await TestPlane.start({ modules: [MassFailuresModule], store });
  clock = plane.clock;
  directory = plane.get(MassFailureDirectory);
});

/** Flushes, and lets what is written be written. */
async function flush(): Promise<void> {
  const flushed = directory.flush();
  await clock.advance(0);
  await flushed;
}

describe('MassFailureDirectory at shutdown', () => {
  it('is among what is flushed, and counts what waits and what is being written', async () => {
    expect(isBuffering(directory)).toBe(true);
    expect(directory.unwritten()).toEqual({ 'mass failures': 0 });
    const release = store.hold();
    const failure = directory.begin(BEGUN);
    directory.followBy('provider', {
      settledNow: () => MEMBERS,
      acknowledge: vi.fn(),
      countsOf: () => BEGUN,
    });
    directory.settle('provider');
    expect(directory.unwritten()).toEqual({ 'mass failures': 2 });
    await clock.advance(0);
    expect(directory.unwritten()).toEqual({ 'mass failures': 2 });
    release();
    await flush();
    expect(directory.unwritten()).toEqual({ 'mass failures': 0 });
    expect(store.attempts).toBe(1);
    expect(store.rows(MASS_FAILURES)).toEqual([failure]);
    expect(store.rows(SETTLED_MEMBERS)).toEqual(MEMBERS.map((member) => ({ kind: 'provider', ...member })));
  });

  it('writes what could not be written at once, without waiting for the next try, and ends if it cannot either', async () => {
    store.failures.push(away(), away());
    directory.begin(BEGUN);
    await clock.advance(0);
    await flush();
    expect([store.attempts, directory.unwritten()]).toEqual([2, { 'mass failures': 1 }]);
    await flush();
    expect([store.attempts, directory.unwritten()]).toEqual([3, { 'mass failures': 0 }]);
    await clock.advance(10_000);
    expect(store.attempts).toBe(3);
  });
});
