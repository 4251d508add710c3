import { VitalsError } from '@vitals/core/errors';
import { AvailabilityState } from '@vitals/health';
import { type JoinedPlane, JoinedPlanes } from '../../test/joined-planes.js';
import { Database } from '../database/database.js';
import { Journal } from '../database/journal.js';
import { MassFailureDirectory } from '../mass-failures/mass-failure.directory.js';
import { MASS_FAILURES, SETTLED_MEMBERS } from '../mass-failures/mass-failure.rows.js';
import { MassFailuresModule } from '../mass-failures/mass-failures.module.js';
import { ProviderHealthStage } from '../provider-health/provider-health.module.js';
import { providersDecided } from '../providers/provider.changes.js';
import { LeasesModule } from './leases.module.js';
import { MassFailureWatch } from './mass-failure.watch.js';

const WEST = ['w0', 'w1', 'w2', 'w3', 'w4', 'w5'];

let planes: JoinedPlanes;
let a: JoinedPlane;
let b: JoinedPlane;
/** What was told, with the place where. */
let told: string[];

beforeEach(async () => {
  planes = new JoinedPlanes([ProviderHealthStage, MassFailuresModule, LeasesModule], {
    providers: [AvailabilityState],
    settings: { massFailureHoldMs: 20_000 },
  });
  told = [];
  a = await join('a');
  b = await join('b');
  await planes.pass(30);
  for (const name of WEST) await a.register(name, 4, 'west');
  for (let index = 0; index < 20; index++) await a.register(`e${index}`, 4, 'east');
  await settled();
  planes.grants.give(a.owned);
});

async function join(place: string): Promise<JoinedPlane> {
  const joined = await planes.join();
  joined.plane.get(MassFailureWatch).alarms.subscribe(({ kind, id }) => told.push(`${place}: ${kind} ${id}`));
  return joined;
}

/** Everything that was begun is written, and followed. */
async function settled(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (let turn = 0; turn < 5; turn++) await planes.clock.advance(0);
    await planes.follow();
  }
}

/** An owner of their partitions decides this of providers. */
async function decide(on: JoinedPlane, names: readonly string[], to: 'Available' | 'Unavailable') {
  const transitions = names.map((name) => {
    const { key, lease } = on.directory.get(name);
    const about = { kind: 'provider', subject: name, cause: '', atMs: planes.clock.wallMs() } as const;
    return { ...about, key, from: lease.state, to };
  });
  await on.plane.done(on.plane.get(Journal).commit(providersDecided(transitions)));
  for (const plane of planes.all) {
    await plane.follow();
    // as the copies of leases do it
    for (const name of names) {
      plane.directory.get(name).lease.state = to;
      plane.directory.noteChange(plane.directory.get(name));
    }
  }
  await settled();
}

const frozen = (name = 'w5'): boolean[] =>
  planes.all.map(({ plane, directory }) => plane.get(MassFailureWatch).isFrozen(directory.get(name)));
const listed = () => planes.all.map(({ plane }) => plane.get(MassFailureDirectory).all());
const stored = () => planes.store.rows(MASS_FAILURES);

describe('A mass failure in a cluster', () => {
  it('is found, written and told by the leader, and the same everywhere', async () => {
    await decide(b, WEST.slice(0, 5), 'Unavailable');
    expect(told).toEqual(['a: began 1']);
    expect([frozen(), frozen('e0')]).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(stored()).toMatchObject([{ key: 1, zone: 'west', endedBy: undefined }]);
    expect(listed()[0]).toMatchObject([{ key: 1, zone: 'west', gone: 5, of: 6 }]);
    expect(listed()[1]).toEqual(listed()[0]);
    await decide(b, WEST, 'Available');
    expect([told, frozen()]).toEqual([
      ['a: began 1', 'a: ended 1'],
      [false, false],
    ]);
    expect([stored()[0]?.endedBy, listed()[1]]).toEqual(['recovery', listed()[0]]);
  });

  it('goes on under the next leader, is not begun again, and its end is not missed', async () => {
    await decide(a, WEST.slice(0, 5), 'Unavailable');
    planes.grants.give(b.owned);
    await settled();
    expect([told, stored().length, frozen()]).toEqual([['a: began 1'], 1, [true, true]]);
    await decide(a, WEST, 'Available');
    expect(told).toEqual(['a: began 1', 'b: ended 1']);
  });

  it('is begun and ended by the next leader where nobody led at that time', async () => {
    planes.grants.give(undefined);
    await decide(a, WEST.slice(0, 5), 'Unavailable');
    expect([told, frozen()]).toEqual([[], [false, false]]);
    planes.grants.give(b.owned);
    await settled();
    expect([told, frozen()]).toEqual([['b: began 1'], [true, true]]);
    planes.grants.give(undefined);
    await decide(a, WEST, 'Available');
    planes.grants.give(a.owned);
    await settled();
    expect([told, frozen(), stored()[0]?.endedBy]).toEqual([
      ['b: began 1', 'a: ended 1'],
      [false, false],
      'recovery',
    ]);
  });

  it('is neither written nor told by who only believes that it leads, and what that one noted is gone', async () => {
    planes.grants.give(b.owned, [0], { unaware: a.owned });
    await decide(a, WEST.slice(0, 5), 'Unavailable');
    expect([told, stored().length]).toEqual([['b: began 1'], 1]);
    planes.grants.give(b.owned);
    await settled();
    expect(listed()[0]).toEqual(listed()[1]);
    await decide(a, WEST, 'Available');
    expect([told, frozen()]).toEqual([
      ['b: began 1', 'b: ended 1'],
      [false, false],
    ]);
  });

  it('is acknowledged on any of them, once, and its members are settled everywhere', async () => {
    await decide(a, WEST.slice(0, 5), 'Unavailable');
    const acknowledge = ({ plane }: JoinedPlane) => plane.get(MassFailureDirectory).acknowledge(1);
    const both = await b.plane.done(Promise.all([acknowledge(b), acknowledge(a)]));
    await settled();
    expect(both.map(({ endedBy }) => endedBy)).toEqual(['acknowledgement', 'acknowledgement']);
    expect(told.slice(1)).toEqual([expect.stringMatching(/^[ab]: acknowledged 1$/)]);
    expect(planes.store.rows(SETTLED_MEMBERS).length).toBe(5);
    expect(listed()[1]).toEqual(listed()[0]);
    // the others are not frozen again by those that are settled, whoever leads
    planes.grants.give(b.owned);
    await planes.pass(2);
    await settled();
    expect([frozen(), told.length]).toEqual([[false, false], 2]);
  });

  it('ends by time under the next leader, when it would have under the one before', async () => {
    await decide(a, WEST.slice(0, 5), 'Unavailable');
    await planes.pass(15);
    planes.grants.give(b.owned);
    await settled();
    await planes.pass(4);
    await settled();
    expect(told).toEqual(['a: began 1']);
    await planes.pass(3);
    await settled();
    expect([told, stored()[0]?.endedBy, frozen()]).toEqual([
      ['a: began 1', 'b: ended 1'],
      'time',
      [false, false],
    ]);
    expect(planes.store.rows(SETTLED_MEMBERS).length).toBe(5);
  });

  it('is known to an instance that joins in the middle of it', async () => {
    await decide(a, WEST.slice(0, 5), 'Unavailable');
    for (const name of WEST.slice(0, 5)) expect(a.directory.get(name).lease.state).toBe('Unavailable');
    await join('c');
    expect([told, frozen(), listed()[2]]).toEqual([['a: began 1'], [true, true, true], listed()[0]]);
  });

  it('is told once by who ended it, also where it turns out late that this is durable', async () => {
    await decide(a, WEST.slice(0, 5), 'Unavailable');
    const store = a.plane.get(Database);
    const write = store.transaction.bind(store);
    let turnsOut = (): void => undefined;
    vi.spyOn(store, 'transaction').mockImplementationOnce(async (run, durable) => {
      await write(run, (result) => (turnsOut = () => durable?.(result)));
      throw new VitalsError('store-unavailable', 'the connection ended');
    });
    await expect(a.plane.done(a.plane.get(MassFailureDirectory).acknowledge(1))).rejects.toThrow(
      'the connection ended',
    );
    await store.betweenCommits(async () => turnsOut());
    await settled();
    expect(told).toEqual(['a: began 1', 'a: acknowledged 1']);
  });
});
