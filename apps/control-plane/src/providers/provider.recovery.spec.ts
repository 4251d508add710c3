import { LeaseTable } from '@vitals/core/lease';
import { ManualClock } from '@vitals/core/time';
import { TestPlane } from '../../test/test-plane.js';
import { RecoveredState } from '../persistence/recovered.state.js';
import { NEVER_HEARD } from './provider.js';
import { ProviderDirectory } from './provider.directory.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const INFO = { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };

/** Whether a provider is flapping after a restart whose state changed at these times, counted from the wall clock. */
async function isFlapping(...changedAfterMs: readonly number[]): Promise<boolean> {
  const clock = new ManualClock();
  const stored = {
    ...NEVER_HEARD,
    key: 1,
    id: 'a',
    generation: 1,
    registeredAtMs: 0,
    tokenHash: undefined,
    previousTokenHash: undefined,
    registration: { name: 'a', endpoint: 'http://a', service_type: 'vm', schema_version: '1' },
    info: INFO,
    stateSinceMs: 0,
    changedAtMs: changedAfterMs.map((ms) => clock.wallMs() + ms),
  };
  const recovered = {
    read: () => Promise.resolve({ fleetSize: 1, tokens: [] }),
    providers: async function* () {
      yield [stored];
    },
  };
  const plane = await TestPlane.start({ clock, overrides: [[RecoveredState, recovered]] });
  return plane.get(LeaseTable).isFlapping(plane.get(ProviderDirectory).get('a').lease);
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
