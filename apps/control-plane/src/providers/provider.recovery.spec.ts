import { Logger } from '@nestjs/common';
import { IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { formatTimestamp, ManualClock, RunningClock } from '@vitals/core/time';
import { MemoryDatabase } from '../../test/memory.database.js';
import { registered } from '../../test/registered-provider.js';
import { TestPlane } from '../../test/test-plane.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { TRANSITIONS } from '../database/transition.record.js';
import { HeartbeatsModule } from '../heartbeats/heartbeats.module.js';
import { HeartbeatsService } from '../heartbeats/heartbeats.service.js';
import { OperationsService } from './operations.service.js';
import { ProviderDirectory } from './provider.directory.js';
import { LEASES, PROVIDERS } from './provider.rows.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Whether a provider is flapping after a restart whose state changed at these times, counted from the wall clock. */
async function isFlapping(...changedAfterMs: readonly number[]): Promise<boolean> {
  const clock = new ManualClock();
  const leases = new LeaseTable(new RunningClock(clock), new IntervalPolicy());
  const database = new MemoryDatabase();
  const { stored, info } = registered(1, 'a').payload;
  database.load(PROVIDERS, [{ ...stored, name: 'a', info, cordoned: false, drainRequested: false }]);
  database.load(LEASES, [
    { key: 1, advertisedMs: 0, availability: 'Unknown', stateSinceMs: 0, lastSequence: 0 },
  ]);
  const about = { kind: 'provider', subject: 'a', from: 'Available', to: 'Unavailable', cause: '' } as const;
  database.load(
    TRANSITIONS,
    changedAfterMs.map((ms, index) => ({ ...about, sequence: index + 1, atMs: clock.wallMs() + ms })),
  );
  const feed = new Feed();
  const journal = new Journal(clock, database, feed);
  const directory = new ProviderDirectory(feed, database, journal, leases, clock);
  await directory.onModuleInit();
  return leases.isFlapping(directory.get('a').lease);
}

describe('A provider of before a restart', () => {
  it('is flapping if it was, and not for what lies long before', async () => {
    expect(await isFlapping(-4 * MINUTE_MS, -3 * MINUTE_MS, -2 * MINUTE_MS, -MINUTE_MS)).toBe(true);
    expect(await isFlapping(-4 * DAY_MS, -3 * DAY_MS, -2 * DAY_MS, -DAY_MS)).toBe(false);
  });

  it('is not flapping for changes that lie days apart before a wall clock that was set back', async () => {
    expect(await isFlapping(26 * DAY_MS, 27 * DAY_MS, 28 * DAY_MS, 29 * DAY_MS)).toBe(false);
  });
});

describe('A provider without a row of its lease', () => {
  let store: MemoryDatabase;
  let warned: string[];
  let plane: TestPlane;

  beforeEach(async () => {
    store = new MemoryDatabase();
    warned = [];
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void warned.push(String(line)));
    for (const [key, name] of [
      [1, 'a'],
      [2, 'b'],
    ] as const) {
      const { stored, info } = registered(key, name, { registeredAtMs: 5 }).payload;
      store.load(PROVIDERS, [{ ...stored, name, info, cordoned: key === 2, drainRequested: false }]);
    }
    store.load(LEASES, [
      {
        key: 1,
        phase: 'Ready',
        advertisedMs: 0,
        availability: 'Available',
        stateSinceMs: 6,
        lastSequence: 0,
      },
    ]);
    plane = await TestPlane.start({ modules: [HeartbeatsModule], store });
    vi.restoreAllMocks();
  });

  it('is recovered as never heard, in the database too, and that is said', () => {
    const { lease, phase, cordoned, stateSinceMs } = plane.get(ProviderDirectory).get('b');
    expect([lease.state, phase, cordoned, stateSinceMs]).toEqual(['Unknown', undefined, true, 5]);
    const never = { key: 2, advertisedMs: 0, availability: 'Unknown', stateSinceMs: 5 };
    expect(store.rows(LEASES)).toMatchObject([{ key: 1, phase: 'Ready', availability: 'Available' }, never]);
    expect(warned.filter((line) => /lease/.test(line))).toEqual([
      'providers without a row in leases, taken for never heard: b',
    ]);
  });

  it('is heard, and removed, like any other', async () => {
    const beat = { timestamp: formatTimestamp(plane.clock.wallMs()), phase: 'Ready' } as const;
    const { durable } = plane.get(HeartbeatsService).take(plane.get(ProviderDirectory).get('b'), beat);
    await plane.done(Promise.resolve(durable));
    expect(store.rows(LEASES)[1]).toMatchObject({ key: 2, phase: 'Ready', availability: 'Available' });
    await plane.done(plane.get(OperationsService).remove('b'));
    expect(store.rows(PROVIDERS).map(({ name }) => name)).toEqual(['a']);
    expect(store.rows(TRANSITIONS).map(({ from, to }) => `${from} ${to}`)).toEqual([
      'Unknown Available',
      'Available Removed',
    ]);
  });
});

describe('A provider whose row holds no JSON', () => {
  it('ends the boot with a sentence that names it', async () => {
    const store = new MemoryDatabase();
    const { stored, info } = registered(7, 'a').payload;
    store.load(PROVIDERS, [{ ...stored, name: 'a', info, cordoned: false, drainRequested: false }]);
    const [[key, row]] = [...store.tables.rowsOf(PROVIDERS.name)] as [[string, Record<string, string>]];
    store.tables.set(PROVIDERS.name, key, { ...row, registration: '{"name":' });
    const plane = await TestPlane.build({ store });
    await expect(plane.begin()).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringMatching(
        /the table providers \(key 7\) cannot be read: its registration is not valid JSON/,
      ),
    });
  });
});
