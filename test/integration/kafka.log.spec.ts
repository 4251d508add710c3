import { setTimeout as wait } from 'node:timers/promises';
import { Admin, Producer } from '@platformatic/kafka';
import type { ClusterLog } from '../../apps/control-plane/src/cluster/cluster-log.js';
import { Collected, KafkaFixture } from './kafka.fixture.js';
import { startKafka } from './services/kafka.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('Kafka', startKafka);

describeWith(service)('The log of a cluster in Kafka', () => {
  const kafka = service as Service;
  const fixture = new KafkaFixture(kafka.port);
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${kafka.port}`] });
  let log: ClusterLog;
  let prefix: string;
  let read: Collected;

  beforeEach(async () => {
    prefix = fixture.prefix();
    log = await fixture.open(prefix);
    read = new Collected();
  });

  afterAll(() => admin.close());

  afterEach(async () => {
    kafka.resume();
    await fixture.close();
  });

  const append = (partition: number, ...values: string[]): Promise<void> =>
    log.append(
      'heartbeats',
      partition,
      values.map((value) => ({ key: 'k', value })),
    );

  const reads = (...values: string[]): Promise<void> =>
    vi.waitFor(() => expect(read.values).toEqual(values), { timeout: 5_000 });

  /** Appends numbers, one after the other, until `during` is done. @returns those that were acknowledged, and not */
  const appendDuring = async (during: Promise<unknown>) => {
    const [acknowledged, rejected]: [string[], string[]] = [[], []];
    let isOver = false;
    void during.finally(() => (isOver = true));
    for (let number = 1; !isOver; number++) {
      const startMs = performance.now();
      await append(0, `${number}`).then(
        () => acknowledged.push(`${number}`),
        (error) => {
          expect(error).toMatchObject({ code: 'store-unavailable', retryable: true });
          rejected.push(`${number}`);
        },
      );
      expect(performance.now() - startMs).toBeLessThan(6_500);
      await wait(5);
    }
    await during;
    return { acknowledged, rejected };
  };

  const readsOnce = async (acknowledged: readonly string[], rejected: readonly string[]): Promise<void> => {
    await vi.waitFor(() => expect(read.of(0)).toContain(acknowledged.at(-1)), { timeout: 15_000 });
    const known = read.of(0).filter((value) => !rejected.includes(value));
    expect(known).toEqual(acknowledged);
    expect(new Set(read.of(0)).size).toBe(read.of(0).length);
    expect(new Set(read.offsets).size).toBe(read.offsets.length);
  };

  it('hands on what is appended after reading began, in order, each record once', async () => {
    await append(0, 'before');
    const following = await log.follow('heartbeats', { from: 'end', onRecords: read.onRecords });
    await Promise.all(Array.from({ length: 200 }, (_, i) => append(i % 4, `${i}`)));
    await vi.waitFor(() => expect(read.values).toHaveLength(200), { timeout: 5_000 });
    for (const partition of [0, 1, 2, 3])
      expect(read.of(partition)).toEqual(Array.from({ length: 50 }, (_, i) => `${4 * i + partition}`));
    await vi.waitFor(() => expect(following.progress(0)).toMatchObject({ lag: 0, position: 51 }));
    await following.stop();
    await append(0, 'after');
    await wait(300);
    expect(read.values).toHaveLength(200);
  });

  it('hands on what was there, from the beginning or from an offset', async () => {
    await append(0, 'a', 'b', 'c');
    await append(1, 'd');
    await log.follow('heartbeats', { from: new Map([[0, 2]]), onRecords: read.onRecords });
    await vi.waitFor(() => expect(read.values.toSorted()).toEqual(['0:c', '1:d']));
    const all = new Collected();
    await log.follow('heartbeats', { from: 'beginning', onRecords: all.onRecords });
    await vi.waitFor(() => expect(all.of(0)).toEqual(['a', 'b', 'c']));
  });

  it('tells a tombstone from an empty value', async () => {
    const values: unknown[] = [];
    await log.follow('scheduler', {
      from: 'end',
      onRecords: (_partition, records) => void values.push(...records.map(({ value }) => value?.length)),
    });
    await log.append('scheduler', 1, [
      { key: 'a', value: '' },
      { key: 'a', value: undefined },
    ]);
    await vi.waitFor(() => expect(values).toEqual([0, undefined]));
  });

  it('says how far behind the reading is while it waits for what is done with the records', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const following = await log.follow('heartbeats', {
      from: 'end',
      onRecords: async (partition, records) => {
        await held;
        read.onRecords(partition, records);
      },
    });
    await vi.waitFor(() => expect(following.progress(0)).toMatchObject({ lag: 0 }));
    const asOfMs = following.progress(0)?.asOfMs ?? 0;
    await append(0, 'a');
    await append(0, 'b');
    await wait(1_200);
    expect(following.progress(0)?.asOfMs).toBeLessThan(asOfMs + 1_000);
    expect(read.values).toEqual([]);
    release();
    await reads('0:a', '0:b');
    await vi.waitFor(() => expect(following.progress(0)?.asOfMs).toBeGreaterThan(asOfMs + 1_000));
    expect(following.progress(0)).toMatchObject({ lag: 0, position: 2 });
  });

  it('goes on when what takes the records throws', async () => {
    await log.follow('heartbeats', {
      from: 'end',
      onRecords: (partition, records) => {
        read.onRecords(partition, records);
        throw new Error('of a test');
      },
    });
    await append(0, 'a');
    await append(0, 'b');
    await reads('0:a', '0:b');
  });

  it('refuses what is too long for a batch, and appends its neighbours', async () => {
    const long = append(0, 'x'.repeat(1_000_000));
    const short = append(0, 'y');
    await expect(long).rejects.toMatchObject({ code: 'body-too-large', retryable: false });
    await expect(short).resolves.toBeUndefined();
  });

  it('appends much at once', async () => {
    await log.follow('heartbeats', { from: 'end', onRecords: read.onRecords });
    const values = Array.from({ length: 50 }, (_, i) => `${i}`.padEnd(100_000, '.'));
    await Promise.all(values.map((value) => append(0, value)));
    await vi.waitFor(() => expect(read.of(0)).toEqual(values), { timeout: 10_000 });
  });

  it('hands on foreign records as bytes, and skips what it cannot decompress', async () => {
    const gaps: string[] = [];
    await log.follow('heartbeats', {
      from: 'end',
      onRecords: read.onRecords,
      onGap: (partition, from, to) => void gaps.push(`${partition}: ${from}-${to}`),
    });
    const bootstrapBrokers = [`127.0.0.1:${kafka.port}`];
    const producer = new Producer({ clientId: 'foreign', bootstrapBrokers, autocreateTopics: false });
    const send = (value: Buffer, more: object = {}): Promise<unknown> =>
      producer.send({
        messages: [{ topic: `${prefix}.heartbeats`, partition: 0, value }],
        acks: -1,
        ...more,
      });
    await send(Buffer.from([0xff, 0x00, 0xfe]));
    await send(Buffer.from('zipped'), { compression: 'gzip' });
    await send(Buffer.from('snapped'), { compression: 'snappy' });
    await append(0, 'ours');
    await reads(`0:${Buffer.from([0xff, 0x00, 0xfe]).toString()}`, '0:zipped', '0:snapped', '0:ours');
    await producer.close();
    expect(gaps).toEqual([]);
  });

  it('tells which records were removed before it could read them, and reads the others', async () => {
    await append(0, 'a', 'b', 'c');
    const name = `${prefix}.heartbeats`;
    await admin.deleteRecords({ topics: [{ name, partitions: [{ partition: 0, offset: 2n }] }] });
    const gaps: number[][] = [];
    await log.follow('heartbeats', {
      from: new Map([[0, 0]]),
      onRecords: read.onRecords,
      onGap: (...gap) => void gaps.push(gap),
    });
    await reads('0:c');
    expect(gaps).toEqual([[0, 0, 2]]);
  });

  it('goes on with a topic that was deleted and made anew, from its beginning', async () => {
    const gaps: number[][] = [];
    await log.follow('heartbeats', {
      from: 'end',
      onRecords: read.onRecords,
      onGap: (...gap) => void gaps.push(gap),
    });
    await append(0, 'a', 'b');
    await reads('0:a', '0:b');
    await admin.deleteTopics({ topics: [`${prefix}.heartbeats`] });
    // a broker removes a topic in its own time
    const lost = { code: 'store-unavailable' };
    await vi.waitFor(() => expect(append(0, 'lost')).rejects.toMatchObject(lost), { timeout: 20_000 });
    await fixture.open(prefix);
    await vi.waitFor(() => append(0, 'c'), { timeout: 10_000 });
    await vi.waitFor(() => expect(read.values.at(-1)).toBe('0:c'), { timeout: 10_000 });
    expect(gaps).toContainEqual([0, expect.any(Number), 0]);
  });

  it('reads each record once, and loses none that was acknowledged, over a kill -9 of Kafka and its return', async () => {
    await log.follow('heartbeats', { from: 'end', onRecords: read.onRecords });
    const { acknowledged, rejected } = await appendDuring(
      (async () => {
        await wait(300);
        await kafka.kill();
        await wait(1_000);
        await kafka.start();
        await vi.waitFor(() => expect(log.fault()).toBeUndefined(), { timeout: 20_000 });
        await wait(1_000);
      })(),
    );
    expect(acknowledged.length).toBeGreaterThan(20);
    await readsOnce(acknowledged, rejected);
  });

  it('reads each record once, and loses none that was acknowledged, over 10 s in which Kafka hangs', async () => {
    await log.follow('heartbeats', { from: 'end', onRecords: read.onRecords });
    const { acknowledged, rejected } = await appendDuring(
      (async () => {
        await wait(300);
        await kafka.hang();
        await wait(10_000);
        expect(log.fault()).toContain('gave no answer');
        kafka.resume();
        await vi.waitFor(() => expect(log.fault()).toBeUndefined(), { timeout: 20_000 });
        await wait(1_000);
      })(),
    );
    expect(rejected.length).toBeGreaterThan(0);
    await readsOnce(acknowledged, rejected);
  });
});
