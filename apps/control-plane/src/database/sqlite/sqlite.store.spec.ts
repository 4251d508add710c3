import { describeBootFailure } from '../../start.js';
import {
  AT_MS,
  decide,
  INFO,
  keyOf,
  loaded,
  register,
  registerAs,
  report,
  REPORT,
  SqliteFixture,
  type SqliteStore,
  transition,
} from '../../../test/sqlite-fixture.js';
import { timePassed } from '../passed-time.js';
import { massFailuresChanged, membersSettled } from '../../mass-failures/mass-failure.rows.js';
import { reservationEnded, reservationMade, reservationsDropped } from '../../placement/reservation.rows.js';
import {
  credentialsReplaced,
  infoUpdated,
  providerOrdered,
  providerRemoved,
} from '../../providers/provider.changes.js';
import { readProviders } from '../../providers/provider.rows.js';
import { tokenGiven, tokenRevoked } from '../../security/token.directory.js';

let fixture: SqliteFixture;
let store: SqliteStore;

beforeEach(async () => {
  fixture = new SqliteFixture();
  store = await fixture.opened();
});

afterEach(() => fixture.close());

describe('SqliteStore', () => {
  it('is empty at first', async () => {
    expect(await loaded(store)).toEqual({
      fleetSize: 0,
      providers: [],
      tokens: [],
      passed: undefined,
      massFailures: [],
      settled: { provider: [], service: [] },
      reservations: [],
      lastSequence: 0,
    });
    expect(await store.transitions(0, 10)).toEqual([]);
  });

  it('gives back all that was committed, also after the power was lost', async () => {
    await store.commit([register('b'), register('a')]);
    await store.commit([
      report('a'),
      decide('a', 'Unknown', 'Available'),
      infoUpdated({ key: keyOf('b'), name: 'b', info: { ...INFO, capacity: { cpu: 4 } } }),
    ]);
    const before = [await loaded(store), await store.transitions(0, 10)];
    store = await fixture.openedAfterPowerLoss();
    expect([await loaded(store), await store.transitions(0, 10)]).toEqual(before);
    expect(before[0]).toMatchObject({
      lastSequence: 1,
      providers: [
        {
          id: 'id-a',
          info: INFO,
          ...REPORT,
          availability: 'Available',
          stateSinceMs: AT_MS + 5,
          lastSequence: 1,
        },
        {
          id: 'id-b',
          info: { capacity: { cpu: 4 } },
          phase: undefined,
          heardAtMs: undefined,
          advertisedMs: 0,
          availability: 'Unknown',
          stateSinceMs: AT_MS,
          cordoned: false,
          lastSequence: 0,
        },
      ],
    });
  });

  it('gives a large fleet back some at a time, in the order of names, each once', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `p${index}`);
    const changes = names.map((name, index) => registerAs(index + 1, name));
    await store.commit(changes);
    const sizes: number[] = [];
    for await (const some of readProviders(store, 0)) sizes.push(some.length);
    expect(sizes).toEqual([250, 250, 100]);
    const { providers, fleetSize } = await loaded(store);
    expect(fleetSize).toBe(names.length);
    expect(providers.map(({ registration }) => registration.name)).toEqual(names.toSorted());
  });

  it('keeps report, availability and id of a provider that registers again', async () => {
    await store.commit([register('a'), report('a')]);
    await store.commit([decide('a', 'Unknown', 'Available'), register('a', 2)]);
    const { providers } = await loaded(store);
    expect(providers).toMatchObject([{ id: 'id-a', generation: 2, ...REPORT, availability: 'Available' }]);
  });

  it('keeps all changes of a commit, or none', async () => {
    await store.commit([register('a')]);
    const taken = [register('b'), decide('a', 'Unknown', 'Available'), register('c', 1, 'id-a')];
    await expect(store.commit(taken)).rejects.toThrow(/UNIQUE/);
    const { providers, lastSequence } = await loaded(store);
    expect(providers).toMatchObject([{ registration: { name: 'a' }, availability: 'Unknown' }]);
    expect(lastSequence).toBe(0);
    await store.commit([register('b')]);
    expect((await loaded(store)).providers).toHaveLength(2);
  });

  it('passes over reports of a provider that is gone', async () => {
    await store.commit([report('nobody')]);
    expect((await loaded(store)).providers).toEqual([]);
  });

  it('keeps orders and credentials, and takes back a drain when its provider registers again', async () => {
    await store.commit([register('a', 1, 'id-a', 'first')]);
    const orders = { cordoned: true, drainRequested: true };
    await store.commit([providerOrdered({ key: keyOf('a'), name: 'a', ...orders })]);
    expect((await loaded(store)).providers).toMatchObject([
      { ...orders, tokenHash: 'first', previousTokenHash: 'first before' },
    ]);
    await store.commit([register('a', 2, 'id-a', 'second')]);
    const credentials = { tokenHash: 'second', previousTokenHash: undefined };
    await store.commit([credentialsReplaced({ key: keyOf('a'), name: 'a', ...credentials })]);
    expect((await loaded(store)).providers).toMatchObject([
      { cordoned: true, drainRequested: false, ...credentials },
    ]);
  });

  it('keeps tokens and reservations until they end, and the reservations of a provider as long as it', async () => {
    const about = { kind: 'gateway', names: ['a', 'b*'], description: 'west', hash: 'h' } as const;
    const token = { id: 't', ...about, createdAtMs: AT_MS };
    const held = { provider: 'a', resources: { cpu: 2 }, confirmed: false, expiresAtMs: AT_MS + 1 };
    const [first, second] = [
      { id: 'r', ...held, expiresPassedMs: 7_000, createdAtMs: AT_MS },
      { id: 's', ...held, expiresPassedMs: undefined, createdAtMs: AT_MS },
    ];
    await store.commit([
      register('a'),
      tokenGiven(token),
      reservationMade(first),
      reservationMade(second),
      reservationMade({ ...first, confirmed: true }),
    ]);
    expect(await loaded(store)).toMatchObject({
      tokens: [token],
      reservations: [{ ...first, confirmed: true }, second],
    });
    await store.commit([tokenRevoked({ id: 't' }), reservationEnded({ id: 'r' })]);
    expect(await loaded(store)).toMatchObject({ tokens: [], reservations: [second] });
    await store.commit([
      providerRemoved([transition('a', 'Unknown', 'Removed')]),
      reservationsDropped({ provider: 'a' }),
    ]);
    expect((await loaded(store)).reservations).toEqual([]);
  });

  it('keeps mass failures, what was settled of them, and the time that has passed', async () => {
    const about = { kind: 'service', beganAtMs: AT_MS, gone: 10, of: 14, quietSinceMs: 5_000 } as const;
    const [zone, all] = [
      { ...about, key: 1, zone: 'prod', endedAtMs: undefined, endedBy: undefined },
      { ...about, key: 2, zone: undefined, endedAtMs: AT_MS + 1, endedBy: 'acknowledgement' } as const,
    ];
    await store.commit([
      massFailuresChanged([zone, all]),
      membersSettled({ of: 'service', members: [{ key: 7, sinceMs: AT_MS }] }),
      membersSettled({ of: 'provider', members: [{ key: 7, sinceMs: 1 }] }),
      membersSettled({ of: 'service', members: [{ key: 8, sinceMs: AT_MS }] }),
      timePassed({ totalMs: 1, shownMs: 2 }),
      timePassed({ totalMs: 3, shownMs: 4 }),
    ]);
    expect(await loaded(store)).toMatchObject({
      massFailures: [zone, all],
      settled: { service: [{ key: 8, sinceMs: AT_MS }], provider: [{ key: 7, sinceMs: 1 }] },
      passed: { totalMs: 3, shownMs: 4 },
    });
    const late = { ...all, endedAtMs: AT_MS + 2, endedBy: 'recovery' } as const;
    await store.commit([massFailuresChanged([{ ...zone, gone: 11 }, late])]);
    expect((await loaded(store)).massFailures).toEqual([{ ...zone, gone: 11 }, all]);
  });

  it('keeps the last thousand mass failures that have ended, and whatever goes on', async () => {
    const about = { kind: 'service', zone: 'a', beganAtMs: AT_MS, gone: 4, of: 4, quietSinceMs: 0 } as const;
    const end = { endedAtMs: AT_MS, endedBy: 'recovery' } as const;
    const ongoing = { endedAtMs: undefined, endedBy: undefined };
    const failures = Array.from({ length: 1_010 }, (_, index) => ({
      ...about,
      key: index + 1,
      ...(index ? end : ongoing),
    }));
    await store.commit([massFailuresChanged(failures)]);
    const { massFailures } = await loaded(store);
    expect([massFailures.length, massFailures[0]?.key, massFailures[1]?.key]).toEqual([1_001, 1, 11]);
  });

  it('refuses a second control plane on the same file, in words for a person', async () => {
    const error: unknown = await fixture.opened().catch((reason: unknown) => reason);
    expect(describeBootFailure(error)).toContain('in use by another process');
  });

  it('survives whatever a text holds', async () => {
    const name = `a'; DROP TABLE providers; -- "\u0000😀`.replace('\u0000', '');
    await store.commit([register(name), report(name)]);
    expect((await loaded(store)).providers).toMatchObject([{ registration: { name }, ...REPORT }]);
  });
});
