import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin, ConfigResourceTypes } from '@platformatic/kafka';
import type { ClusterLog } from '../../apps/control-plane/src/cluster/cluster-log.js';
import type { Settings } from '../../apps/control-plane/src/settings/settings.js';
import { Collected, KafkaFixture } from './kafka.fixture.js';
import { startKafka } from './services/kafka.js';
import { describeWith, provideService } from './services/provide-service.js';
import { SecuredListeners } from './services/secured-listeners.js';
import type { Service } from './services/service.js';

const secured = await SecuredListeners.onFreePorts();
const service = await provideService('Kafka', () => startKafka(secured));

describeWith(service)('A start with Kafka', () => {
  const { port } = service as Service;
  const fixture = new KafkaFixture(port);
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${port}`] });
  let prefix: string;

  beforeEach(() => (prefix = fixture.prefix()));
  afterEach(() => fixture.close());
  afterAll(() => admin.close());

  const open = (
    kafka: Partial<Settings['kafka']> = {},
    at = port,
    bootWaitMs = 10_000,
  ): Promise<ClusterLog> =>
    fixture.open(prefix, 'a', { kafka: fixture.kafka(prefix, kafka, at), bootWaitMs });

  const refusal = async (opened: Promise<ClusterLog>): Promise<string> => {
    const error = await opened.then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 'settings-invalid' });
    return (error as Error).message;
  };

  const configOf = async (topic: string): Promise<Record<string, string>> => {
    const configurationKeys = ['cleanup.policy', 'retention.ms', 'segment.ms'];
    const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys };
    const [found] = await admin.describeConfigs({ resources: [resource] });
    return Object.fromEntries(found?.configs.map(({ name, value }) => [name, value ?? '']) ?? []);
  };

  const create = (role: string, partitions: number, config: Record<string, string>): Promise<unknown> =>
    admin.createTopics({
      topics: [`${prefix}.${role}`],
      partitions,
      configs: Object.entries(config).map(([name, value]) => ({ name, value })),
    });

  it('makes the topics that are missing, and takes them as they are afterwards', async () => {
    await open({ partitions: 5 });
    const { topics } = await admin.metadata({ topics: [`${prefix}.scheduler`, `${prefix}.changes`] });
    expect([...topics.values()].map(({ partitionsCount }) => partitionsCount)).toEqual([5, 5]);
    expect(await configOf(`${prefix}.scheduler`)).toMatchObject({ 'cleanup.policy': 'compact' });
    for (const role of ['health-checks', 'heartbeats'])
      expect(await configOf(`${prefix}.${role}`)).toEqual({
        'cleanup.policy': 'delete',
        'retention.ms': '600000',
        'segment.ms': '600000',
      });
    expect(await configOf(`${prefix}.changes`)).toMatchObject({ 'retention.ms': '86400000' });
    await open({ partitions: 5 });
  });

  it('makes them once when two instances start at a time', async () => {
    const logs = await Promise.all([open(), open(), open()]);
    await Promise.all(logs.map((log) => log.append('changes', 3, [{ key: 'k', value: 'v' }])));
  });

  it('refuses topics that are otherwise, all in one message, each with the command that mends it', async () => {
    await create('heartbeats', 2, { 'cleanup.policy': 'delete', 'retention.ms': '600000' });
    await create('changes', 9, { 'cleanup.policy': 'compact', 'retention.ms': '5000' });
    await create('scheduler', 4, { 'cleanup.policy': 'delete' });
    const brokers = `127.0.0.1:${port}`;
    const message = await refusal(open());
    expect(message.split('\n')).toEqual([
      `VITALS_TOPIC_PREFIX: topics of Kafka at ${brokers} are not as they must be:`,
      expect.stringContaining(
        `${prefix}.heartbeats has 2 partitions and not VITALS_PARTITIONS=4: set that for all topics alike, or stop all instances and run kafka-topics.sh --bootstrap-server ${brokers} --alter --topic ${prefix}.heartbeats --partitions 4`,
      ),
      expect.stringContaining(`--delete --topic ${prefix}.changes, which has it made anew`),
      `  ${prefix}.scheduler has cleanup.policy=delete: run kafka-configs.sh --bootstrap-server ${brokers} --alter --entity-type topics --entity-name ${prefix}.scheduler --add-config cleanup.policy=compact`,
      expect.stringContaining('--add-config cleanup.policy=delete,retention.ms=86400000'),
    ]);
  });

  it('refuses topics that are compressed in a way that this process cannot read', async () => {
    const config = { 'cleanup.policy': 'compact', 'compression.type': 'zstd' };
    await create('scheduler', 4, config);
    if ('zstdDecompressSync' in (await import('node:zlib'))) await open();
    else expect(await refusal(open())).toContain('has compression.type=zstd: run');
  });

  it('keeps two clusters apart that are given one prefix', async () => {
    const first = await open();
    await first.claim('cluster-1');
    await first.claim('cluster-1');
    const second = await open();
    await expect(second.claim('cluster-2')).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringMatching(
        /^VITALS_TOPIC_PREFIX: the topic .*\.scheduler belongs to another cluster, cluster-1, and the database to cluster-2; set a prefix/,
      ),
    });
    await first.claim('cluster-1');
    const read = new Collected();
    await first.follow('scheduler', { from: 'beginning', onRecords: read.onRecords });
    await first.append('scheduler', 0, [{ key: 'task', value: 'x' }]);
    await vi.waitFor(() => expect(read.values).toEqual(['0:x']));
  });

  it('lets one of two clusters have a prefix that claim it at a time', async () => {
    const logs = await Promise.all([open(), open(), open()]);
    const claims = await Promise.allSettled(logs.map((log, index) => log.claim(`cluster-${index}`)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = claims.findIndex(({ status }) => status === 'fulfilled');
    await logs[winner]?.claim(`cluster-${winner}`);
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('says who it is by %s', async (mechanism) => {
    const { username, password, saslPort } = secured;
    const log = await open({ sasl: { mechanism, username, password } }, saslPort);
    await log.append('changes', 0, [{ key: 'k', value: 'v' }]);
    const wrong = { mechanism, username, password: 'battery staple' };
    const startMs = performance.now();
    const message = await refusal(open({ sasl: wrong }, saslPort));
    expect(message).toMatch(
      /^KAFKA_BROKERS: Kafka at 127\.0\.0\.1:\d+ cannot be used: Authentication failed.*SASL_AUTHENTICATION_FAILED/,
    );
    expect(message).not.toContain('staple');
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  describe('under TLS', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitals-kafka-tls-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const tls = {
      isOn: true,
      caPath: file('ca.pem', secured.broker.cert),
      certPath: file('client.pem', secured.client.cert),
      keyPath: file('client.key', secured.client.key),
    };
    afterAll(() => rmSync(folder, { recursive: true }));

    it('trusts whom it is told to, and shows its own certificate', async () => {
      const log = await open({ tls }, secured.tlsPort);
      await log.append('changes', 0, [{ key: 'k', value: 'v' }]);
    });

    it('refuses a server whose certificate is not trusted', async () => {
      const message = await refusal(open({ tls: { ...tls, caPath: undefined } }, secured.tlsPort, 1_000));
      expect(message).toContain('self-signed certificate');
    });

    it('names the file that cannot be read', async () => {
      const message = await refusal(open({ tls: { ...tls, caPath: '/nowhere/ca.pem' } }, secured.tlsPort));
      expect(message).toBe('KAFKA_TLS_CA: /nowhere/ca.pem cannot be read (ENOENT)');
    });

    it('says what it met where the server does not speak TLS', async () => {
      expect(await refusal(open({ tls }, port, 1_000))).toContain(
        `Kafka at 127.0.0.1:${port} cannot be used: `,
      );
    });
  });

  describe('at what is no Kafka', () => {
    let server: Server;

    const listen = async (): Promise<number> => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    };

    afterEach(() => server.close());

    it('says within its time that it accepts and never answers', async () => {
      server = createServer((socket) => void socket.on('error', () => undefined).resume());
      const silent = await listen();
      const startMs = performance.now();
      const message = await refusal(open({}, silent, 4_000));
      expect(message).toBe(
        `KAFKA_BROKERS: Kafka at 127.0.0.1:${silent} cannot be used: a broker gave no answer within 3000 ms`,
      );
      expect(performance.now() - startMs).toBeLessThan(8_000);
    });

    it('says what it met when that speaks HTTP', async () => {
      server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'));
      });
      const foreign = await listen();
      expect(await refusal(open({}, foreign, 1_000))).toContain(
        `Kafka at 127.0.0.1:${foreign} cannot be used`,
      );
    });

    it('says that nobody listens', async () => {
      server = createServer();
      const free = await listen();
      server.close();
      expect(await refusal(open({}, free, 1_000))).toBe(
        `KAFKA_BROKERS: Kafka at 127.0.0.1:${free} cannot be used: connect ECONNREFUSED 127.0.0.1:${free}`,
      );
    });
  });
});
