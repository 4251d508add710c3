import { VitalsError } from '@vitals/core/errors';
import { ClusteredChecks, type CheckingInstance } from '../../../test/checks/clustered-checks.js';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import { TASK_OUTBOX } from './task.outbox.js';

const ALL = [0, 1, 2, 3];
let cluster: ClusteredChecks;
let a: CheckingInstance;
let b: CheckingInstance;

beforeEach(async () => {
  cluster = await ClusteredChecks.of(2);
  [a, b] = cluster.instances as [CheckingInstance, CheckingInstance];
});

/** What the topic of the scheduler says in the end, by name. */
function said(): Record<string, unknown> {
  const last = new Map<string, unknown>();
  for (const { key, value } of cluster.topics.valuesOf('scheduler')) {
    if (value === undefined) last.delete(key);
    else last.set(key, value);
  }
  return Object.fromEntries([...last].map(([key, value]) => [key.split('\n')[1], value]));
}

const told = (): string[] =>
  cluster.topics.valuesOf('scheduler').map(({ value }) => {
    const task = value as { action: string; name: string } | undefined;
    return task ? `${task.action} ${task.name}` : 'tombstone';
  });

const waiting = (): string[] => a.database.rows(TASK_OUTBOX).map(({ name }) => name);

describe('the topic of the scheduler', () => {
  it('is told of a check that any instance defines, by the owner of its partition', async () => {
    await cluster.define(b, 'db', { intervalMs: 5_000 });
    expect(waiting()).toEqual(['db']);
    await cluster.pass(1_000);
    expect(said()).toMatchObject({
      db: {
        host: 'vitals',
        name: 'db',
        action: 'INSERT',
        frequency: { timeUnit: 'MILLISECONDS', time: 5_000 },
        topic: 'vitals.health-checks',
        data: { healthPath: 'tcp:' },
      },
    });
    expect(told()).toEqual(['INSERT db']);
    expect(waiting()).toEqual([]);
  });

  it('has everything of one name in its partition, and commands in the one of the same number', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(12_000);
    const [task] = cluster.topics.valuesOf('scheduler');
    const [command] = cluster.topics.valuesOf('health-checks');
    expect([command?.partition, command?.key]).toEqual([task?.partition, 'vitals\ndb']);
  });

  it('is told of the end of a check, and then that there was none', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(1_000);
    await cluster.done(b.checks.remove('db', 'api'));
    await cluster.pass(1_000);
    expect(told()).toEqual(['INSERT db', 'DELETE db', 'tombstone']);
    expect(waiting()).toEqual([]);
  });

  it('is told by the next owner what the one before had committed, and did not send', async () => {
    cluster.topics.away = 'the brokers are gone';
    await cluster.define(a, 'db');
    await cluster.pass(1_000);
    expect([told(), waiting()]).toEqual([[], ['db']]);
    cluster.kill(a);
    cluster.topics.away = undefined;
    await cluster.assign('owners', { 1: ALL });
    await cluster.pass(1_000);
    expect([told(), waiting()]).toEqual([['INSERT db'], []]);
  });

  it('may be told twice, where the one before had sent it and not noted that', async () => {
    await cluster.define(b, 'db');
    a.database.cutOff = new VitalsError('store-unavailable', 'it is gone');
    await cluster.pass(1_000);
    a.database.cutOff = undefined;
    cluster.kill(a);
    await cluster.assign('owners', { 1: ALL });
    await cluster.pass(12_000);
    expect(waiting()).toEqual([]);
    expect(Object.keys(said())).toEqual(['db']);
    expect(cluster.runs).toHaveLength(1);
  });

  it('is put right by whoever takes a partition: what is missing, and what is of no check', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(1_000);
    const of = (name: string): number => a.plane.get(OwnedPartitions).partitionOf(name);
    const wrong = { host: 'vitals', name: 'ghost', action: 'INSERT', topic: 't', start: 1 };
    const frequency = { timeUnit: 'SECONDS', time: 1 };
    const ghost = JSON.stringify({ ...wrong, frequency, data: {} });
    const scheduler = (name: string) => cluster.topics.of('scheduler', of(name));
    scheduler('ghost').append([{ key: 'vitals\nghost', value: ghost }]);
    scheduler('other').append([
      { key: 'theirs\nother', value: ghost.replace('"vitals"', '"theirs"').replace('ghost', 'other') },
    ]);
    scheduler('db').append([{ key: 'vitals\ndb', value: undefined }]);
    await cluster.assign('owners', { 1: ALL });
    await cluster.pass(6_000);
    expect(Object.keys(said()).toSorted()).toEqual(['db', 'other']);
    const before = told().length;
    await cluster.pass(30_000);
    expect(told()).toHaveLength(before);
  });

  it('may hold what is no task: it is named with its place, and skipped', async () => {
    cluster.topics.of('scheduler', 2).append([{ key: 'x', value: 'not JSON' }]);
    await cluster.define(a, 'db');
    await cluster.pass(12_000);
    expect(cluster.errors).toContainEqual(
      expect.stringContaining('skipped at scheduler, partition 2, offset 0: no task definition'),
    );
    expect(cluster.runs).toHaveLength(1);
  });
});

describe('a command', () => {
  const command = { host: 'vitals', name: 'db', action: 'INSERT', topic: 't', start: 1 };
  const frequency = { timeUnit: 'SECONDS', time: 10 };

  it('that is none, or comes from no instance, is named with its place, and skipped', async () => {
    await cluster.define(a, 'db', { intervalMs: 3_600_000 });
    const partition = a.plane.get(OwnedPartitions).partitionOf('db');
    const foreign = JSON.stringify({ ...command, frequency, data: { healthPath: '/' } });
    cluster.topics.of('health-checks', partition).append([
      { key: 'vitals\ndb', value: '{' },
      { key: 'vitals\ndb', value: undefined },
      { key: 'vitals\ndb', value: foreign },
    ]);
    await cluster.pass(1_000);
    const place = (offset: number): unknown =>
      expect.stringContaining(`skipped at health-checks, partition ${partition}, offset ${offset}`);
    expect(cluster.errors).toEqual(expect.arrayContaining([place(0), place(1), place(2)]));
    expect(cluster.runs).toEqual([]);
  });

  it('of an owner that is none any more is dropped', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(12_000);
    const partition = a.plane.get(OwnedPartitions).partitionOf('db');
    const place = cluster.topics.of('health-checks', partition);
    const [old] = place.records;
    await cluster.assign('owners', { 1: ALL });
    await cluster.pass(8_500);
    const { length } = cluster.runs;
    place.append([{ key: 'vitals\ndb', value: String(old?.value) }]);
    await cluster.pass(200);
    expect([b.consumer.counts.fenced, cluster.runs.length]).toEqual([1, length]);
  });

  it('that comes twice makes one run', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(12_000, () => cluster.runs.length > 0);
    await cluster.pass(1_000);
    const place = cluster.topics.of('health-checks', a.plane.get(OwnedPartitions).partitionOf('db'));
    place.append([{ key: 'vitals\ndb', value: String(place.records.at(-1)?.value) }]);
    await cluster.pass(500);
    expect([cluster.runs.length, b.consumer.counts.early]).toEqual([1, 1]);
  });

  it('that waited out an outage is dropped, and none becomes a flood', async () => {
    await cluster.define(a, 'db');
    await cluster.pass(12_000);
    await cluster.assign('executors', { 0: [], 1: [] });
    await cluster.pass(100_000);
    const { length } = cluster.runs;
    await cluster.assign('executors', { 1: ALL });
    await cluster.pass(100);
    expect(cluster.runs.length).toBeLessThanOrEqual(length + 1);
    expect(b.consumer.counts.tooOld).toBeGreaterThanOrEqual(7);
    await cluster.pass(25_000);
    expect(cluster.runs.length).toBeGreaterThanOrEqual(length + 2);
  });
});
