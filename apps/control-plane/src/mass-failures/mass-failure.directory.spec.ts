import type { ManualClock } from '@vitals/core/time';
import { away, MemoryDatabase } from '../../test/memory.database.js';
import { TestPlane } from '../../test/test-plane.js';
import { Journal } from '../database/journal.js';
import { timePassed } from '../database/passed-time.js';
import { isBuffering } from '../shutdown/stages.js';
import { MassFailureDirectory } from './mass-failure.directory.js';
import {
  MASS_FAILURES,
  massFailuresChanged,
  SETTLED_MEMBERS,
  type StoredMassFailure,
} from './mass-failure.rows.js';
import { MassFailuresModule } from './mass-failures.module.js';

const BEGUN = { kind: 'provider', zone: 'west', beganAtMs: 0, gone: 4, of: 6, quietSinceMs: 0 } as const;
const MEMBERS = [{ key: 1, sinceMs: 0 }];

let clock: ManualClock;
let store: MemoryDatabase;
let directory: MassFailureDirectory;
let journal: Journal;

beforeEach(async () => {
  store = new MemoryDatabase();
  const plane = await TestPlane.start({ modules: [MassFailuresModule], store });
  clock = plane.clock;
  directory = plane.get(MassFailureDirectory);
  journal = plane.get(Journal);
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
      onDurable: () => undefined,
      onSettled: () => undefined,
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

describe('A mass failure that has ended', () => {
  const ACKNOWLEDGED = { endedAtMs: 2, endedBy: 'acknowledgement' } as const;

  /** Has the acknowledgement written while `meanwhile` is noted. @returns how it stands when all is written */
  async function acknowledged(
    meanwhile: (failure: StoredMassFailure) => void,
    whileWaiting: () => Promise<void> = flush,
  ): Promise<StoredMassFailure> {
    const failure = directory.begin(BEGUN);
    await flush();
    const release = store.hold();
    void journal.commit(timePassed({ totalMs: 0, shownMs: 0 }));
    await clock.advance(0);
    const acknowledgement = journal.commit(massFailuresChanged([{ ...failure, ...ACKNOWLEDGED }]));
    meanwhile(failure);
    const flushed = whileWaiting();
    release();
    await Promise.all([acknowledgement, flushed, clock.advance(0)]);
    await flush();
    expect(store.rows(MASS_FAILURES)).toEqual([directory.get(failure.key)]);
    return directory.get(failure.key);
  }

  it.each([
    ['is put off', {}],
    ['ends by itself', { endedAtMs: 1, endedBy: 'recovery' } as const],
  ])('stays as it ended when it %s while that is written', async (_what, ending) => {
    const stands = await acknowledged((failure) =>
      directory.put({ ...failure, quietSinceMs: 2_000, ...ending }),
    );
    expect(stands).toMatchObject(ACKNOWLEDGED);
    expect(directory.ongoing('provider', 'west')).toBeUndefined();
  });

  it('has ended as soon as that is durable, whatever was noted meanwhile and waits to be written', async () => {
    const failure = directory.begin(BEGUN);
    await flush();
    store.failures.push(undefined, away());
    const acknowledgement = journal.commit(massFailuresChanged([{ ...failure, ...ACKNOWLEDGED }]));
    directory.put({ ...failure, quietSinceMs: 2_000 });
    await Promise.all([acknowledgement, clock.advance(0)]);
    expect(directory.get(failure.key)).toMatchObject(ACKNOWLEDGED);
  });
});
