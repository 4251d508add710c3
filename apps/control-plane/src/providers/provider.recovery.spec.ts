import { IntervalPolicy, LeaseTable } from '@vitals/core/lease';
import { ManualClock, RunningClock } from '@vitals/core/time';
import { MemoryDatabase } from '../../test/memory.database.js';
import { registered } from '../../test/registered-provider.js';
import { Feed } from '../database/feed.js';
import { TRANSITIONS } from '../database/transition.record.js';
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
  const directory = new ProviderDirectory(feed, database, leases, clock);
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
