import { ClusterFixture, type InstanceFixture } from '../../../test/cluster-fixture.js';

let cluster: ClusterFixture;
let a: InstanceFixture;
let b: InstanceFixture;

async function begin(count = 2): Promise<void> {
  cluster = await ClusterFixture.of(count);
  [a, b] = cluster.instances as [InstanceFixture, InstanceFixture];
  await a.register('vm-1');
  await cluster.pass(1_000);
}

/** Beats every ten seconds at one instance, for so long. */
async function beating(at: InstanceFixture, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10_000) {
    await at.beat('vm-1');
    await cluster.pass(10_000);
  }
}

const told = (): string[] => cluster.recorded.map(({ subject, from, to }) => `${subject}: ${from} → ${to}`);

/** The bound of the defaults on a cluster of four partitions. */
const BOUND_MS = 49_100;

describe('an instance of a cluster', () => {
  beforeEach(() => begin());

  it('takes the heartbeats of a provider that another one owns', async () => {
    expect(await b.beat('vm-1')).toBeTypeOf('number');
    await cluster.pass(1_000);
    for (const { lease } of [a, b].map((each) => ({ lease: each.lease('vm-1') })))
      expect(lease.availability).toBe('Available');
    expect(told()).toEqual(['vm-1: Unknown → Available']);
  });

  it('tells a bound that the silence of a provider is found within, by its owner, once', async () => {
    await beating(b, 30_000);
    expect(a.lease('vm-1').detectionBoundMs).toBe(BOUND_MS);
    await cluster.pass(BOUND_MS);
    expect(told()).toEqual(['vm-1: Unknown → Available', 'vm-1: Available → Unavailable']);
    for (const each of [a, b]) expect(each.lease('vm-1').availability).toBe('Unavailable');
  });

  it('takes a provider back that another one had found silent', async () => {
    await beating(a, 10_000);
    await cluster.pass(BOUND_MS);
    await b.beat('vm-1');
    await cluster.pass(1_000);
    expect(told().at(-1)).toBe('vm-1: Unavailable → Available');
    expect(a.lease('vm-1').availability).toBe('Available');
  });

  it('commits a phase before it answers, and the other one knows it then', async () => {
    await a.beat('vm-1');
    await a.beat('vm-1', 'Draining');
    await cluster.pass(600);
    expect(b.provider('vm-1').phase).toBe('Draining');
  });

  it('records one transition for heartbeats that two of them take at a time', async () => {
    await Promise.all([a.beat('vm-1'), b.beat('vm-1'), a.beat('vm-1')]);
    await cluster.pass(1_000);
    expect(told()).toEqual(['vm-1: Unknown → Available']);
  });

  it('refuses heartbeats while the log does not take them, is not ready, and goes on by itself', async () => {
    await beating(b, 10_000);
    b.log.isCutOff = true;
    await cluster.pass(2_000);
    expect([await b.beat('vm-1'), b.readiness()]).toEqual(['store-unavailable', 'DOWN']);
    b.log.isCutOff = false;
    await cluster.pass(1_000);
    expect([await b.beat('vm-1'), b.readiness()]).toEqual([expect.any(Number), 'UP']);
  });

  it('counts no silence while the log is away, however long', async () => {
    await beating(a, 10_000);
    cluster.topics.away = 'the brokers are away';
    await cluster.pass(120_000);
    expect(told()).toEqual(['vm-1: Unknown → Available']);
    cluster.topics.away = undefined;
    await beating(b, 60_000);
    expect(told()).toEqual(['vm-1: Unknown → Available']);
    await cluster.pass(BOUND_MS);
    expect(told()).toHaveLength(2);
  });

  it('skips records that are none, and says where they lie', async () => {
    const values = ['', 'foreign', '{"v":2}', '[]', 'null', '{"v":1,"instance":"x","sent":1,"beats":[1]}'];
    const partition = a.owners.partitionOf('vm-1');
    for (const value of [...values, undefined])
      await a.log.append('heartbeats', partition, [{ key: 'x', value }]);
    await beating(a, 60_000);
    expect(told()).toEqual(['vm-1: Unknown → Available']);
    const said = cluster.errors.filter((text) => text.includes(`heartbeats, partition ${partition}, offset`));
    expect(said).toHaveLength(2 * (values.length + 1));
  });
});

describe('the owner of a partition', () => {
  beforeEach(() => begin(3));

  it('is followed by another one when it dies: nobody is marked for that, and whoever is silent is found', async () => {
    await beating(b, 20_000);
    a.kill();
    await cluster.pass(6_000);
    await cluster.assign([undefined, [0, 1, 2, 3], []]);
    await beating(b, 60_000);
    expect(told()).toEqual(['vm-1: Unknown → Available']);
    await cluster.pass(BOUND_MS);
    expect(told()).toEqual(['vm-1: Unknown → Available', 'vm-1: Available → Unavailable']);
  });

  it('that only believes to be one can write nothing', async () => {
    await beating(b, 20_000);
    const partition = a.owners.partitionOf('vm-1');
    const stale = a.owners.stampOf(partition);
    await cluster.assign([undefined, [0, 1, 2, 3], []]);
    await cluster.pass(1_000);
    expect([stale, b.owners.stampOf(partition)]).toMatchObject([{ epoch: 1 }, { epoch: 2 }]);
    expect(a.owners.isNewest(stale as NonNullable<typeof stale>)).toBe(false);
    expect(a.owners.owned).toEqual([]);
  });

  it('gives its partitions back in order, with a farewell', async () => {
    await beating(b, 20_000);
    await a.plane.close();
    a.isDead = true;
    await cluster.assign([undefined, [0, 1, 2, 3], []]);
    await cluster.pass(1_000);
    expect(b.owners.owned).toEqual([0, 1, 2, 3]);
    expect(b.partitions.stopped()).toBeUndefined();
  });

  it('leaves its partitions to others while they can read the database and it cannot, and comes back', async () => {
    await beating(b, 20_000);
    a.database.cutOff = new Error('away');
    await cluster.pass(12_000);
    expect(a.owners.owned).toEqual([]);
    await cluster.assign([undefined, [0, 1, 2, 3], []]);
    await cluster.pass(2 * BOUND_MS);
    expect(told()).toEqual(['vm-1: Unknown → Available', 'vm-1: Available → Unavailable']);
    a.database.cutOff = undefined;
    await cluster.pass(3_000);
    await cluster.assign([[0, 1], [2, 3], []]);
    await cluster.pass(1_000);
    expect(a.owners.owned).toEqual([0, 1]);
  });

  it('judges nobody while the database is away for all, and decides once it is there', async () => {
    await beating(b, 20_000);
    for (const { database } of cluster.instances) database.cutOff = new Error('away');
    await cluster.pass(2 * BOUND_MS);
    expect(told()).toHaveLength(1);
    expect(a.owners.owned).toEqual([0, 1, 2, 3]);
    for (const { database } of cluster.instances) database.cutOff = undefined;
    await cluster.pass(3_000);
    expect(told()).toEqual(['vm-1: Unknown → Available', 'vm-1: Available → Unavailable']);
  });
});

describe('an instance that dies', () => {
  it('may have taken a heartbeat with it: every provider has a full deadline', async () => {
    await begin(3);
    await beating(b, 20_000);
    await cluster.pass(20_000);
    b.kill();
    await cluster.pass(6_000);
    await cluster.assign([[0, 1, 2, 3], undefined, []]);
    await cluster.pass(8_000);
    expect(a.lease('vm-1').remainingMs).toBeGreaterThan(25_000);
    expect(told()).toHaveLength(1);
  });
});
