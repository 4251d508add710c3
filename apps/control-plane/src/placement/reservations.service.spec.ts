import { LeaseTable } from '@vitals/core/lease';
import { type ManualClock, RunningClock } from '@vitals/core/time';
import { MemoryDatabase } from '../../test/memory.database.js';
import { TestPlane } from '../../test/test-plane.js';
import { Journal } from '../database/journal.js';
import { timePassed } from '../database/passed-time.js';
import { OperationsService } from '../providers/operations.service.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { PROVIDERS } from '../providers/provider.rows.js';
import { RegistrationService } from '../providers/registration.service.js';
import { PlacementModule } from './placement.module.js';
import { PlacementService } from './placement.service.js';
import { RESERVATIONS } from './reservation.rows.js';
import { ReservationsService } from './reservations.service.js';

const TTL_MS = 1_000;
const TERMS = { withToken: false, onlyNew: false };

let store: MemoryDatabase;
let plane: TestPlane;
let clock: ManualClock;
let reservations: ReservationsService;

beforeEach(async () => {
  store = new MemoryDatabase();
  plane = await TestPlane.start({ modules: [PlacementModule], store });
  clock = plane.clock;
  reservations = plane.get(ReservationsService);
});

/** A provider with four cores that may be placed on, from its registration on. */
async function ready(name: string): Promise<void> {
  const registration = {
    name,
    endpoint: 'http://10.0.0.7:80',
    service_type: 'vm',
    schema_version: '1',
    metadata: { resources: { total_cpu: 4 } },
  };
  await plane.done(plane.get(RegistrationService).register(registration, TERMS));
  hear(name);
}

function hear(name: string): void {
  const directory = plane.get(ProviderDirectory);
  const provider = directory.get(name);
  provider.phase = 'Ready';
  plane.get(LeaseTable).renew(provider.lease);
  directory.noteChange(provider);
}

function reserve(cpu = 4) {
  const requirement = {
    serviceType: undefined,
    resources: { cpu },
    capabilities: [],
    region: undefined,
    zone: undefined,
    labels: [],
  };
  return reservations.reserve(requirement, { strategy: 'spread', seed: 0 }, TTL_MS);
}

/** What came of it: the provider that is reserved, or the code of the refusal. */
async function outcome(work: Promise<{ readonly provider: string } | void>): Promise<string> {
  try {
    return (await plane.done(work))?.provider ?? 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** Begins each when all before it wait for the database, which then writes all of them together. */
async function together(
  ...calls: (() => Promise<{ readonly provider: string } | void>)[]
): Promise<string[]> {
  const release = store.hold();
  void plane.get(Journal).commit(timePassed({ totalMs: 0, shownMs: 0 }));
  await clock.advance(0);
  const outcomes: Promise<string>[] = [];
  for (const call of calls) {
    outcomes.push(outcome(call()));
    await clock.advance(0);
  }
  release();
  return Promise.all(outcomes);
}

const removal = (name: string) => () => plane.get(OperationsService).remove(name);
const stored = (): string[] => store.rows(RESERVATIONS).map(({ id }) => id);

describe('ReservationsService', () => {
  it('keeps nothing of what is confirmed while its provider is removed', async () => {
    await ready('a');
    const { id } = await plane.done(reserve());
    expect(await together(removal('a'), () => reservations.confirm(id))).toEqual([
      'done',
      'reservation-not-found',
    ]);
    expect(stored()).toEqual([]);
    await ready('a');
    expect(await outcome(reserve())).toBe('a');
  });

  it('says that a reservation is gone whose provider is removed right after it was confirmed', async () => {
    await ready('a');
    const { id } = await plane.done(reserve());
    expect(await together(() => reservations.confirm(id), removal('a'))).toEqual([
      'reservation-not-found',
      'done',
    ]);
    expect([stored(), await outcome(reserve())]).toEqual([[], 'no-candidate']);
  });

  it.each([
    ['while', (hold: () => Promise<{ readonly provider: string }>) => [removal('a'), hold]],
    ['right after', (hold: () => Promise<{ readonly provider: string }>) => [hold, removal('a')]],
  ])('holds at the next provider what it was to hold at one that is removed %s', async (_when, callsOf) => {
    await ready('a');
    expect((await together(...callsOf(reserve))).toSorted()).toEqual(['done', 'no-candidate']);
    expect(stored()).toEqual([]);
    await ready('a');
    await ready('b');
    // of equal ones the first by name is the best
    expect((await together(...callsOf(reserve))).toSorted()).toEqual(['b', 'done']);
    expect(store.rows(RESERVATIONS)).toMatchObject([{ provider: 'b', confirmed: false }]);
  });

  it('gives up on a database that has none of the providers, and holds nothing', async () => {
    await ready('a');
    for (const key of store.tables.rowsOf(PROVIDERS.name).keys()) store.tables.delete(PROVIDERS.name, key);
    expect([await outcome(reserve()), stored()]).toEqual(['overloaded', []]);
    expect(plane.get(PlacementService).placement.reservations).toBe(0);
  });
});

describe('A reservation that has ended', () => {
  const words = async (work: () => unknown): Promise<unknown> => {
    try {
      return await plane.done(Promise.resolve(work()));
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
  };

  it('is said to have expired until that is noticed, and after that not to be there, in the same words everywhere', async () => {
    await ready('a');
    const { id } = await plane.done(reserve());
    for (let passedMs = 0; passedMs < TTL_MS; passedMs += 100) {
      await clock.advance(100);
      plane.get(RunningClock).nowMs();
    }
    expect(await words(() => reservations.confirm(id))).toMatchObject({ code: 'reservation-expired' });
    await plane.done(reservations.expire());
    const gone = {
      code: 'reservation-not-found',
      message: `there is no reservation "${id}": it never was, was released or has expired, or its provider was removed`,
    };
    for (const call of [
      () => reservations.get(id),
      () => reservations.confirm(id),
      () => reservations.release(id),
    ])
      expect(await words(call)).toEqual(gone);
  });
});
