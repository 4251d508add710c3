import { make } from '../../../test/ready-made-check.js';
import {
  type DescribingAdmin,
  kafkaCheck,
  type KafkaCheckSettings,
  type KafkaPartition,
  type MetadataAdmin,
} from './kafka-check.js';

type Topics = Readonly<Record<string, readonly KafkaPartition[]>>;

const WELL: KafkaPartition = { leader: 1, replicas: [1, 2], isr: [1, 2] };
const LAGGING: KafkaPartition = { ...WELL, isr: [1] };
const LEADERLESS: KafkaPartition = { ...WELL, leader: -1, isr: [] };

/** As @platformatic/kafka answers. */
function platformatic(brokers: number, topics: Topics = {}): MetadataAdmin {
  return {
    listTopics: () => Promise.resolve(Object.keys(topics)),
    metadata: async ({ topics: asked, forceUpdate, autocreateTopics }) => {
      expect({ forceUpdate, autocreateTopics }).toEqual({ forceUpdate: true, autocreateTopics: false });
      const known = asked.map((topic) => [topic, { partitions: topics[topic] ?? [] }] as const);
      return { id: 'c1', brokers: { size: brokers }, controllerId: 7, topics: new Map(known) };
    },
  };
}

/** As kafkajs answers. */
function kafkaJs(brokers: number, topics: Topics = {}): DescribingAdmin {
  return {
    listTopics: () => Promise.resolve(Object.keys(topics)),
    describeCluster: () =>
      Promise.resolve({ clusterId: 'c1', controller: 7, brokers: Array(brokers).fill({}) }),
    fetchTopicMetadata: ({ topics: asked }) =>
      Promise.resolve({ topics: asked.map((name) => ({ name, partitions: topics[name] ?? [] })) }),
  };
}

const run = (admin: unknown, settings: Partial<KafkaCheckSettings> = {}) =>
  make(kafkaCheck({ admin: 'ADMIN', ...settings }), admin).run();

describe.each([
  ['@platformatic/kafka', platformatic],
  ['kafkajs', kafkaJs],
])('kafkaCheck with an admin of %s', (_client, admin) => {
  it('is UP when the cluster answers, and tells about it', async () => {
    const status = await run(admin(3));
    expect(status.state).toBe('UP');
    expect(status.attributes).toEqual({ brokers: 3, clusterId: 'c1', controllerId: 7 });
  });

  it.each([
    ['UP with all in sync', { orders: [WELL, WELL] }, 'UP', undefined],
    [
      'DEGRADED with a replica out of sync',
      { orders: [WELL, LAGGING] },
      'DEGRADED',
      'with replicas out of sync: orders-1',
    ],
    [
      'DOWN with a partition that nobody leads',
      { orders: [LEADERLESS, LAGGING] },
      'DOWN',
      'without a leader: orders-0',
    ],
    ['DOWN with a topic that is missing', {}, 'DOWN', 'no such topic: orders'],
    [
      'DOWN, naming five of many',
      { orders: Array<KafkaPartition>(7).fill(LEADERLESS) },
      'DOWN',
      'without a leader: orders-0, orders-1, orders-2, orders-3, orders-4 and 2 more',
    ],
  ])('is %s', async (_what, topics: Topics, state, reason) => {
    expect(await run(admin(1, topics), { topics: ['orders', 'orders'] })).toMatchObject({ state, reason });
  });

  it('is DOWN with fewer brokers than there must be', async () => {
    expect(await run(admin(2), { minBrokers: 3 })).toMatchObject({
      state: 'DOWN',
      reason: '2 live brokers are fewer than 3',
    });
  });
});

describe('kafkaCheck', () => {
  it('is DOWN with the reason and its deepest cause', async () => {
    const failure = new AggregateError(
      [new Error('Connection failed', { cause: new Error('refused') })],
      'failed',
    );
    expect(await run({ ...platformatic(1), metadata: () => Promise.reject(failure) })).toMatchObject({
      state: 'DOWN',
      reason: 'failed: refused',
    });
  });

  it('names partitions by their number where the client tells it', async () => {
    const admin = kafkaJs(1, { orders: [{ ...LEADERLESS, partitionId: 4 }] });
    expect((await run(admin, { topics: ['orders'] })).reason).toBe('without a leader: orders-4');
  });

  it('owes a hung cluster one question, however often it is asked', async () => {
    let questions = 0;
    const metadata = () => new Promise(() => void questions++);
    const check = make(kafkaCheck({ admin: 'ADMIN' }), { ...platformatic(1), metadata });
    for (let runs = 0; runs < 3; runs++) {
      const abort = new AbortController();
      const running = check.run(abort.signal);
      abort.abort(new Error('timed out'));
      expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    }
    expect(questions).toBe(1);
  });
});

describe('settings of kafkaCheck', () => {
  it.each([
    [
      'a missing token',
      {},
      "kafkaCheck: admin is missing; give the injection token of the app's Kafka admin client",
    ],
    ['no brokers', { admin: 'A', minBrokers: 0 }, 'minBrokers is 0; give a whole number of at least 1'],
    ['topics that are no list', { admin: 'A', topics: 'orders' }, 'topics is "orders"; give a list of names'],
    [
      'a topic that is no name',
      { admin: 'A', topics: ['a b'] },
      'topics is "a b"; give names of up to 249 letters',
    ],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => kafkaCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it.each([[undefined], [{}], [{ listTopics: () => undefined, describeCluster: () => undefined }]])(
    'refuse %p for an admin when the app starts',
    (admin) => {
      expect(() => make(kafkaCheck({ admin: 'ADMIN' }), admin)).toThrow(
        'kafkaCheck: admin is "ADMIN"; give the token of',
      );
    },
  );
});
