import { describeBootFailure } from '../../boot-failure.js';
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
  transition,
} from '../../../test/sqlite-fixture.js';
import type { SqliteStore } from './sqlite.store.js';

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
      { kind: 'info', key: keyOf('b'), info: { ...INFO, capacity: { cpu: 4 } } },
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
          toldMs: 0,
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
    for await (const some of store.providers(0)) sizes.push(some.length);
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
    await store.commit([{ kind: 'orders', key: keyOf('a'), orders }]);
    expect((await loaded(store)).providers).toMatchObject([
      { ...orders, tokenHash: 'first', previousTokenHash: 'first before' },
    ]);
    await store.commit([register('a', 2, 'id-a', 'second')]);
    const credentials = { tokenHash: 'second', previousTokenHash: undefined };
    await store.commit([{ kind: 'credentials', key: keyOf('a'), credentials }]);
    expect((await loaded(store)).providers).toMatchObject([
      { cordoned: true, drainRequested: false, ...credentials },
    ]);
  });

  it('keeps tokens and reservations until they end, and the reservations of a provider as long as it', async () => {
    const about = { kind: 'gateway', names: ['a', 'b*'], description: 'west', hash: 'h' } as const;
    const token = { id: 't', ...about, createdAtMs: AT_MS };
    const held = { provider: 'a', resources: { cpu: 2 }, confirmed: false, expiresAtMs: AT_MS + 1 };
    const reservations = ['r', 's'].map((id) => ({ id, ...held, createdAtMs: AT_MS }));
    const [first, second] = reservations as [(typeof reservations)[0], (typeof reservations)[0]];
    await store.commit([
      register('a'),
      { kind: 'token-given', token },
      { kind: 'reservation', reservation: first },
      { kind: 'reservation', reservation: second },
      { kind: 'reservation', reservation: { ...first, confirmed: true } },
    ]);
    expect(await loaded(store)).toMatchObject({
      tokens: [token],
      reservations: [{ ...first, confirmed: true }, second],
    });
    await store.commit([
      { kind: 'token-revoked', id: 't' },
      { kind: 'reservation-ended', id: 'r' },
    ]);
    expect(await loaded(store)).toMatchObject({ tokens: [], reservations: [second] });
    await store.commit([{ kind: 'remove', transition: transition('a', 'Unknown', 'Removed') }]);
    expect((await loaded(store)).reservations).toEqual([]);
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
