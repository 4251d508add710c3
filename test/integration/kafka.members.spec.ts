import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { Admin, offsetCommitV8 } from '@platformatic/kafka';
import { SystemClock } from '@vitals/core/time';
import type { ClusterLog, Delivery } from '../../apps/control-plane/src/cluster/cluster-log.js';
import { GroupSession } from '../../apps/control-plane/src/cluster/kafka/group.session.js';
import { KAFKA, kafkaCode } from '../../apps/control-plane/src/cluster/kafka/kafka.errors.js';
import { KafkaLink } from '../../apps/control-plane/src/cluster/kafka/kafka.link.js';
import { joined, KafkaFixture, type Member } from './kafka.fixture.js';
import { startKafka } from './services/kafka.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('Kafka', startKafka);

interface Said {
  readonly what: 'assigned' | 'revoked' | 'lost' | 'members' | 'delivered' | 'committed';
  readonly atMs: number;
  readonly partition: number;
  readonly partitions: readonly number[];
  readonly members: readonly string[];
  readonly values: readonly string[];
  readonly isHeld: boolean;
  readonly isCommitted: boolean;
}

const ALL = [0, 1, 2, 3];

describeWith(service)('Members of a group in Kafka', () => {
  const kafka = service as Service;
  const fixture = new KafkaFixture(kafka.port);
  const children: ChildProcess[] = [];
  let prefix: string;

  beforeEach(() => (prefix = fixture.prefix()));

  afterEach(async () => {
    kafka.resume();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await fixture.close();
  });

  const open = (instance: string): Promise<ClusterLog> => fixture.open(prefix, instance);

  const holdsAll = (member: Member): Promise<void> =>
    vi.waitFor(() => expect(member.partitions).toEqual(ALL), { timeout: 10_000 });

  const shared = (...members: Member[]): Promise<void> =>
    vi.waitFor(
      () => {
        expect(members.flatMap(({ partitions }) => partitions).toSorted((a, b) => a - b)).toEqual(ALL);
        for (const { partitions } of members) expect(partitions.length).toBeLessThan(4);
      },
      { timeout: 15_000 },
    );

  /** A member in a process of its own. */
  const child = (instance: string) => {
    const args = ['test/integration/kafka.member.js', String(kafka.port), prefix, instance];
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(started);
    const said: Said[] = [];
    const lines = createInterface({ input: started.stdout });
    lines.on('line', (line) => line.startsWith('{') && said.push(JSON.parse(line) as Said));
    return { process: started, said, lines };
  };

  it('gives all partitions to the only one, and half of them to a second, while the rest is kept', async () => {
    const first = joined(await open('a'));
    await holdsAll(first);
    expect(ALL.every((partition) => first.holds(partition))).toBe(true);
    const second = joined(await open('b'));
    await shared(first, second);
    expect([first.told, second.told]).toEqual([['assigned 0 1 2 3', 'revoked 2 3'], ['assigned 2 3']]);
    expect([first.instances, second.instances]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(ALL.map((partition) => [first.holds(partition), second.holds(partition)])).toEqual([
      [true, false],
      [true, false],
      [false, true],
      [false, true],
    ]);
  });

  it('gives a partition to nobody before its holder has let it go', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = joined(await open('a'), { onRevoked: () => held });
    await holdsAll(first);
    const second = joined(await open('b'));
    await vi.waitFor(() => expect(first.instances).toEqual(['a', 'b']), { timeout: 10_000 });
    await wait(6_500);
    expect(second.told).toEqual([]);
    expect(first.holds(3)).toBe(true);
    release();
    await vi.waitFor(() => expect(second.told).toEqual(['assigned 2 3']), { timeout: 5_000 });
    expect(first.holds(3)).toBe(false);
  });

  it('gives the partitions of one that leaves to the others at once', async () => {
    const [first, second] = [joined(await open('a')), joined(await open('b'))];
    await shared(first, second);
    const startMs = performance.now();
    await second.leave();
    await holdsAll(first);
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect([first.instances, second.partitions]).toEqual([['a'], []]);
  });

  it('notices within the session and three seconds that one has died, and takes over', async () => {
    const dying = child('dying');
    await vi.waitFor(() => expect(dying.said.map(({ what }) => what)).toContain('assigned'), {
      timeout: 20_000,
    });
    const log = await open('a');
    const told: string[] = [];
    const membership = log.join('executors', 'health-checks', {
      onAssigned: (partitions) => void told.push(...partitions.map((partition) => `+${partition}`)),
      onRevoked: () => undefined,
      onLost: () => undefined,
    });
    await vi.waitFor(() => expect(told).toHaveLength(2), { timeout: 15_000 });
    expect(membership.members).toEqual(['a', 'dying']);
    const startMs = performance.now();
    dying.process.kill('SIGKILL');
    await vi.waitFor(() => expect(told.toSorted()).toEqual(['+0', '+1', '+2', '+3']), { timeout: 15_000 });
    expect(performance.now() - startMs).toBeLessThan(9_000);
    expect(membership.members).toEqual(['a']);
  });

  it('loses everything, and says so, while Kafka hangs for longer than a session, and begins anew after it', async () => {
    const member = joined(await open('a'));
    await holdsAll(member);
    await kafka.hang();
    await vi.waitFor(() => expect(member.told).toContain('lost 0 1 2 3'), { timeout: 7_500 });
    expect(ALL.some((partition) => member.holds(partition))).toBe(false);
    kafka.resume();
    await holdsAll(member);
    expect(member.told).toEqual(['assigned 0 1 2 3', 'lost 0 1 2 3', 'assigned 0 1 2 3']);
  });

  it('has a commit of an older generation refused by the group', async () => {
    await open('a');
    const clock = new SystemClock();
    const [group, topic] = [`${prefix}.executors`, `${prefix}.health-checks`];
    const agreed = { group, topic, partitions: 4, sessionMs: 6_000, rebalanceMs: 10_000 };
    const brokers = [{ host: '127.0.0.1', port: kafka.port }];
    const links = ['a', 'b'].map(
      (clientId) => new KafkaLink(clock, { clientId, brokers, connection: {}, requestMs: 3_000 }),
    );
    const sessions = links.map((link, index) => new GroupSession(link, { ...agreed, instance: `${index}` }));
    /** A group that is new has no coordinator at first, and gives a member its name before it takes it. */
    const join = (session: GroupSession): Promise<unknown> =>
      vi.waitFor(
        () =>
          session
            .locate()
            .then(() => session.join([], () => undefined))
            .catch((error) => {
              session.judge(error);
              throw error;
            }),
        { timeout: 15_000 },
      );
    const [first, second] = sessions as [GroupSession, GroupSession];
    const link = links[1] as KafkaLink;
    await join(first);
    const { memberId, generation } = first.identity;
    await Promise.all([
      join(second),
      vi.waitFor(async () => expect(await first.beat()).toBe(true)).then(() => join(first)),
    ]);
    const partitions = [
      { partitionIndex: 0, committedOffset: 7n, committedLeaderEpoch: -1, committedMetadata: null },
    ];
    const commit = async (of: number): Promise<unknown> => {
      const node = await link.coordinator(group);
      const committed = [{ name: topic, partitions }];
      return link.ask(node, offsetCommitV8, [group, of, memberId, null, committed]).catch(kafkaCode);
    };
    expect(first.identity.generation).toBeGreaterThan(generation);
    expect(await commit(generation)).toBe(KAFKA.ILLEGAL_GENERATION);
    expect(await commit(first.identity.generation)).toMatchObject({
      topics: [{ partitions: [{ errorCode: 0 }] }],
    });
    await Promise.all(sessions.map((session) => session.leave()));
    expect(await commit(generation)).toBe(KAFKA.UNKNOWN_MEMBER_ID);
    for (const each of links) each.close();
  });

  it('ends within three seconds, though Kafka hangs', async () => {
    const log = await open('a');
    const ignore = (): void => undefined;
    const member = joined(log, { deliver: { from: 'end', onRecords: ignore } });
    await holdsAll(member);
    await log.follow('changes', { from: 'end', onRecords: ignore });
    await kafka.hang();
    const appended = log.append('changes', 0, [{ key: 'k', value: 'v' }]);
    const startMs = performance.now();
    await Promise.all([log.close(), expect(appended).rejects.toMatchObject({ code: 'store-unavailable' })]);
    expect(performance.now() - startMs).toBeLessThan(3_500);
    expect(member.told).toEqual(['assigned 0 1 2 3', 'revoked 0 1 2 3']);
  });

  it('delivers nothing to one that was stopped and woken, nor takes a commit of it, and lets it begin anew', async () => {
    const front = await open('front');
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${kafka.port}`] });
    const committed = async (): Promise<number[]> => {
      const [group] = await admin.listConsumerGroupOffsets({ groups: [`${prefix}.executors`] });
      const offsets = ALL.map(() => 0);
      for (const { partitionIndex, committedOffset } of group?.topics[0]?.partitions ?? [])
        offsets[partitionIndex] = Number(committedOffset);
      return offsets;
    };
    let count = 0;
    const send = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        const value = `${++count}`;
        await Promise.all(
          ALL.map((partition) => front.append('health-checks', partition, [{ key: 'k', value }])),
        );
        await wait(20);
      }
    };
    const stopped = child('stopped');
    await vi.waitFor(() => expect(stopped.said.map(({ what }) => what)).toContain('assigned'), {
      timeout: 20_000,
    });
    // between a delivery and its commit
    let deliveries = 0;
    stopped.lines.on('line', (line: string) => {
      if (line.includes('"delivered"') && ++deliveries === 8) stopped.process.kill('SIGSTOP');
    });
    const sending = send(40);
    await vi.waitFor(() => expect(deliveries).toBe(8), { timeout: 10_000 });
    await sending;
    await wait(200);
    const saidBefore = stopped.said.length;
    const delivered: string[] = [];
    const second = await open('second');
    second.join('executors', 'health-checks', {
      onAssigned: () => undefined,
      onRevoked: () => undefined,
      onLost: () => undefined,
      deliver: {
        from: 'beginning',
        onRecords: async (delivery: Delivery) => {
          delivered.push(...delivery.records.map(({ value }) => `${delivery.partition}:${String(value)}`));
          await delivery.commit();
        },
      },
    });
    await vi.waitFor(
      () => expect(ALL.every((partition) => delivered.includes(`${partition}:40`))).toBe(true),
      {
        timeout: 20_000,
      },
    );
    await wait(6_000);
    const before = await committed();
    expect(before).toEqual([40, 40, 40, 40]);
    const wokenMs = Date.now();
    stopped.process.kill('SIGCONT');
    await vi.waitFor(
      () => expect(stopped.said.slice(saidBefore).map(({ what }) => what)).toContain('assigned'),
      {
        timeout: 20_000,
      },
    );
    const woken = stopped.said.slice(saidBefore);
    const lost = woken.find(({ what }) => what === 'lost') as Said;
    expect(lost.partitions).toEqual(ALL);
    expect(lost.atMs - wokenMs).toBeLessThan(1_000);
    expect(woken.filter(({ what }) => what === 'delivered')).toEqual([]);
    const late = woken.filter(({ what }) => what === 'committed');
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter(({ isHeld, isCommitted }) => isHeld || isCommitted)).toEqual([]);
    expect(await committed()).toEqual(before);
    expect(new Set(delivered).size).toBe(delivered.length);
    await send(3);
    await vi.waitFor(async () => expect(await committed()).toEqual([43, 43, 43, 43]), { timeout: 10_000 });
    const again = stopped.said.filter(({ what, values }) => what === 'delivered' && values.includes('43'));
    expect(again).toHaveLength(2);
    await admin.close();
  });
});
