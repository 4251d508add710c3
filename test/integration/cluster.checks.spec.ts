import { type AddressInfo, createServer, type Server } from 'node:net';
import { CheckTicker } from '../../apps/control-plane/src/checks/cluster/check.ticker.js';
import { CommandConsumer } from '../../apps/control-plane/src/checks/cluster/command.consumer.js';
import { CheckExecutor } from '../../apps/control-plane/src/checks/execution/check.executor.js';
import { until } from '../support/control-plane.js';
import { ClusterPlane } from './cluster.plane.js';
import { PostgresFixture } from './postgres.fixture.js';
import { startKafka } from './services/kafka.js';
import { startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const postgres = await provideService('PostgreSQL', startPostgres);
const kafka = await provideService('Kafka', startKafka);

interface CheckBody {
  readonly status: string;
  readonly failures: number;
  readonly successes: number;
}

interface Told {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
}

/** Counts who connects. */
class Target {
  readonly arrivals: number[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Target> {
    const server = createServer((socket) => {
      target.arrivals.push(performance.now());
      socket.on('error', () => undefined);
      socket.end();
    });
    const target = new Target(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
  }
}

describeWith(postgres && kafka)('the checks of a cluster, over PostgreSQL and Kafka', () => {
  const fixture = new PostgresFixture(postgres as Service);
  const targets: Target[] = [];
  let planes: ClusterPlane[];
  let url: string;

  beforeAll(async () => {
    url = await fixture.url();
    const environment = {
      DATABASE_URL: url,
      KAFKA_BROKERS: `127.0.0.1:${(kafka as Service).port}`,
      VITALS_TOPIC_PREFIX: `checks-${process.pid}`,
    };
    planes = [await ClusterPlane.start(environment), await ClusterPlane.start(environment)];
    await until(
      30_000,
      async () => planes.map(({ owned }) => owned.length),
      (owned) => owned.every((count) => count === 2),
    );
  }, 60_000);

  afterAll(async () => {
    for (const plane of planes) await plane.stop();
    for (const target of targets) target.stop();
  }, 60_000);

  const target = async (): Promise<Target> => {
    const one = await Target.start();
    targets.push(one);
    return one;
  };

  /** Defines a check of each name, through the instances in turn. */
  const define = async (names: readonly string[], port: number, more: object = {}): Promise<void> => {
    for (const [at, name] of names.entries()) {
      const body = {
        type: 'tcp',
        tcp: { host: '127.0.0.1', port },
        interval: '1s',
        timeout: '500ms',
        ...more,
      };
      const { status } = await (planes[at % planes.length] as ClusterPlane).send(
        'PUT',
        `/checks/${name}`,
        body,
      );
      expect(status).toBe(201);
    }
  };

  const everywhere = async (name: string): Promise<CheckBody[]> =>
    Promise.all(
      planes.map(async (plane) => (await plane.send('GET', `/checks/${name}`)).body as unknown as CheckBody),
    );

  const storyOf = async (name: string): Promise<string[]> => {
    const { body } = await (planes[0] as ClusterPlane).send('GET', '/transitions?since=0&limit=1000');
    return (body as unknown as { transitions: Told[] }).transitions
      .filter(({ subject }) => subject === name)
      .map(({ from, to }) => `${from} > ${to}`);
  };

  const NAMES = Array.from({ length: 12 }, (_, at) => `check-${at}`);

  it('are run once an interval, by whichever instance, and every instance knows what was found', async () => {
    const one = await target();
    await define(NAMES, one.port);
    for (const name of NAMES)
      await until(
        20_000,
        () => everywhere(name),
        (known) => known.every(({ status, successes }) => status === 'Passing' && successes >= 3),
      );
    const before = one.arrivals.length;
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const perCheck = (one.arrivals.length - before) / NAMES.length;
    expect(perCheck).toBeGreaterThan(4.5);
    expect(perCheck).toBeLessThan(6.5);
    const executed = planes.map(({ app }) => app.get(CheckExecutor, { strict: false }).counts.executed);
    expect(Math.min(...executed)).toBeGreaterThan(0);
    expect(
      planes.map(({ app }) => app.get(CheckTicker, { strict: false }).size).reduce((a, b) => a + b),
    ).toBe(12);
    for (const { app } of planes) {
      const { counts } = app.get(CommandConsumer, { strict: false });
      expect(counts).toMatchObject({ foreign: 0, tooOld: 0 });
    }
  });

  it('tell each transition once, and leave nothing in the outbox', async () => {
    for (const name of NAMES) expect(await storyOf(name)).toEqual(['Pending > Passing']);
    await until(
      10_000,
      () => fixture.ask('SELECT name FROM task_outbox', url),
      (rows) => rows.length === 0,
    );
  });

  it('fail on every instance when what they look at is gone', async () => {
    const one = await target();
    await define(['gone'], one.port, { failures_before_warning: 2, failures_before_critical: 3 });
    await until(
      10_000,
      () => storyOf('gone'),
      (story) => story.length === 1,
    );
    one.stop();
    await until(
      20_000,
      () => everywhere('gone'),
      (known) => known.every(({ status }) => status === 'Critical'),
    );
    expect(await storyOf('gone')).toEqual(['Pending > Passing', 'Passing > Warning', 'Warning > Critical']);
  });

  it('go on when an instance leaves, without a gap longer than a session and an interval', async () => {
    const one = await target();
    const names = NAMES.map((name) => `left-${name}`);
    await define(names, one.port);
    for (const name of names)
      await until(
        20_000,
        () => everywhere(name),
        (known) => known.every(({ successes }) => successes >= 2),
      );
    const leaving = planes.pop() as ClusterPlane;
    const leftMs = performance.now();
    await leaving.stop();
    for (const name of names) {
      const [before] = await everywhere(name);
      await until(
        10_000,
        () => everywhere(name),
        ([known]) => (known?.successes ?? 0) > (before?.successes ?? 0) + 1,
      );
      expect(await storyOf(name)).toEqual(['Pending > Passing']);
    }
    const after = one.arrivals.filter((atMs) => atMs > leftMs);
    expect((after[0] ?? Infinity) - leftMs).toBeLessThan(7_000);
  });
});
