import { registration } from '../support/control-plane.js';
import { ClusterPlane } from './cluster.plane.js';
import { PostgresFixture } from './postgres.fixture.js';
import { startKafka } from './services/kafka.js';
import { startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const postgres = await provideService('PostgreSQL', startPostgres);
const kafka = await provideService('Kafka', startKafka);

describeWith(postgres && kafka)('three instances of a cluster', () => {
  const fixture = new PostgresFixture(postgres as Service);
  let planes: readonly ClusterPlane[];

  beforeAll(async () => {
    const environment = {
      DATABASE_URL: await fixture.url(),
      KAFKA_BROKERS: `127.0.0.1:${(kafka as Service).port}`,
      VITALS_TOPIC_PREFIX: `planes-${process.pid}`,
    };
    planes = [
      await ClusterPlane.start(environment),
      await ClusterPlane.start(environment),
      await ClusterPlane.start(environment),
    ];
  }, 60_000);

  afterAll(() => Promise.all(planes.map((plane) => plane.stop())), 60_000);

  const [a, b, c] = [0, 1, 2].map((at) => (): ClusterPlane => planes[at] as ClusterPlane) as [
    () => ClusterPlane,
    () => ClusterPlane,
    () => ClusterPlane,
  ];

  const availabilityAt = async (plane: ClusterPlane, name: string): Promise<unknown> =>
    ((await plane.send('GET', `/providers/${name}/status`)).body as { availability?: string }).availability;

  it('own each partition once', async () => {
    await vi.waitFor(
      () => {
        expect(planes.flatMap(({ owned }) => owned).toSorted((one, other) => one - other)).toEqual([
          0, 1, 2, 3,
        ]);
        for (const { owned } of planes) expect(owned.length).toBeGreaterThan(0);
      },
      { timeout: 30_000, interval: 100 },
    );
  }, 40_000);

  it('are ready', async () => {
    for (const plane of planes)
      await vi.waitFor(async () => expect((await plane.send('GET', '/health/ready')).status).toBe(200), {
        timeout: 10_000,
        interval: 100,
      });
  }, 20_000);

  it('know of a beat that any of them took', async () => {
    expect((await a().send('POST', '/providers', registration('one'))).status).toBe(201);
    await vi.waitFor(async () => expect((await b().beat('one')).status).toBe(200), { timeout: 5_000 });
    for (const plane of planes)
      await vi.waitFor(async () => expect(await availabilityAt(plane, 'one')).toBe('Available'), {
        timeout: 5_000,
        interval: 50,
      });
  });

  it('find the silence of a provider once, wherever it was heard', async () => {
    for (let beats = 0; beats < 6; beats++) {
      expect((await [a, b, c][beats % 3]?.().beat('one'))?.status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    for (const plane of planes)
      await vi.waitFor(async () => expect(await availabilityAt(plane, 'one')).toBe('Unavailable'), {
        timeout: 20_000,
        interval: 100,
      });
    // a deadline that has passed shows at once, its transition when it is committed
    await vi.waitFor(
      async () => {
        const { body } = await c().send('GET', '/transitions');
        const { transitions } = body as { transitions: { to: string; sequence: number }[] };
        expect(transitions.map(({ sequence, to }) => [sequence, to])).toEqual([
          [1, 'Available'],
          [2, 'Unavailable'],
        ]);
      },
      { timeout: 10_000, interval: 100 },
    );
  }, 40_000);
});
