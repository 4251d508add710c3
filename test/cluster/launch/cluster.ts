import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { type FurtherListeners, startKafka } from '../../integration/services/kafka.js';
import { POSTGRES_USER, startPostgres } from '../../integration/services/postgres.js';
import type { Service } from '../../integration/services/service.js';
import { freePort } from '../../support/control-plane-process.js';
import { Balancer } from '../balancer/balancer.js';
import { Instance } from './instance.js';

/** What a cluster on this machine is made of. */
export interface ClusterOptions {
  readonly instances: number;
  /** The port of the load balancer; the instances have those after it. Where one is taken, any free one. */
  readonly port: number;
  /** Where everything is written; without it, a temporary folder that is removed afterwards. */
  readonly dataFolder?: string | undefined;
  /** Settings of every instance. */
  readonly environment: Readonly<Record<string, string>>;
  /** Listeners of the broker besides the one for everybody, such as one for each instance. */
  readonly listeners?: FurtherListeners | undefined;
  /** What one instance has besides: the addresses at which it meets the servers. */
  readonly environmentOf?: (instance: number, servers: Servers) => Promise<Readonly<Record<string, string>>>;
  readonly log: (line: string) => void;
  /** Called when an instance ends that was not asked to. */
  readonly onDeath: (instance: Instance, how: string) => void;
  /** Called once all processes have ended, before the folder is removed. */
  readonly onStopped?: () => void;
  readonly onReadiness?: (instance: Instance, isReady: boolean, reason: string) => void;
}

/** What the instances share. */
export interface Servers {
  readonly postgres: Service;
  readonly kafka: Service;
}

const DATABASE = 'vitals';

/** PostgreSQL, Kafka, control planes and a load balancer on this machine, all of which end with it. */
export class LocalCluster {
  readonly instances: Instance[] = [];
  private servers: Servers | undefined;
  private readonly started: Service[] = [];
  private starting: Promise<void> = Promise.resolve();
  private front: Balancer | undefined;
  private isStopping = false;
  readonly folder: string;

  constructor(private readonly options: ClusterOptions) {
    const { dataFolder } = options;
    this.folder = dataFolder ? resolve(dataFolder) : mkdtempSync(join(tmpdir(), 'vitals-cluster-'));
    for (const name of ['', 'postgres', 'kafka']) mkdirSync(join(this.folder, name), { recursive: true });
    // PostgreSQL may run as somebody else
    chmodSync(this.folder, 0o755);
  }

  get postgres(): Service {
    return this.both.postgres;
  }

  get kafka(): Service {
    return this.both.kafka;
  }

  get balancer(): Balancer {
    if (!this.front) throw new Error('the cluster has not been started');
    return this.front;
  }

  get url(): string {
    return `http://127.0.0.1:${this.balancer.port}`;
  }

  get databaseUrl(): string {
    return databaseUrlAt(this.postgres.port);
  }

  /** @throws Error that says what is missing, or which process could not start and why; `stop` then ends the others */
  start(): Promise<void> {
    this.starting = this.startAll();
    return this.starting;
  }

  /** One more instance, which is started by `startOne`. */
  async add(): Promise<Instance> {
    const number = this.instances.length + 1;
    const instance = new Instance({
      name: `instance ${number}`,
      port: await freeOr(this.options.port && this.options.port + number),
      environment: {
        DATABASE_URL: this.databaseUrl,
        KAFKA_BROKERS: `127.0.0.1:${this.kafka.port}`,
        ...this.options.environment,
        ...(await this.options.environmentOf?.(number, this.both)),
      },
      logFile: join(this.folder, `instance-${number}.log`),
      onExit: (ended, how) => {
        if (!this.isStopping) this.options.onDeath(ended, how);
      },
    });
    this.instances.push(instance);
    return instance;
  }

  /** Starts an instance, and has the load balancer send to it from now on. */
  async startOne(instance: Instance): Promise<void> {
    this.balancer.use(this.instances.map(({ port }) => port));
    const tookMs = await instance.start();
    this.options.log(
      `${instance.name} is ready at ${instance.url} (pid ${instance.pid}, ${Math.round(tookMs)} ms)`,
    );
  }

  /** Ends everything, whatever of it was started. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const stopAll = (): Promise<unknown> => Promise.all(this.instances.map((instance) => instance.stop()));
    await stopAll();
    await this.starting.catch(() => undefined);
    await stopAll();
    await this.front?.close();
    const [postgres, kafka] = this.started;
    await Promise.all([postgres?.stop('SIGINT'), kafka?.stop('SIGTERM')]);
    this.options.onStopped?.();
    if (this.options.dataFolder) return;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async startAll(): Promise<void> {
    const { log, instances, port, onReadiness } = this.options;
    await this.startServers();
    if (this.isStopping) return;
    this.front = await Balancer.listen(await freeOr(port), (of, isReady, reason) => {
      const instance = this.instances.find((each) => each.port === of);
      if (instance && !this.isStopping) onReadiness?.(instance, isReady, reason);
    });
    log(`load balancer listens on ${this.url}`);
    for (let count = 0; count < instances; count++) await this.add();
    if (this.isStopping) return;
    // the first one makes the tables and the topics; those that start beside it wait for that
    await Promise.all(this.instances.map((instance) => this.startOne(instance)));
  }

  private async startServers(): Promise<void> {
    const { log, listeners } = this.options;
    const place = (name: string) => ({ folder: join(this.folder, name), isKept: true, isDetached: true });
    log(`data and logs are in ${this.folder}`);
    const postgres = await startPostgres(place('postgres'));
    this.started.push(postgres);
    log(`PostgreSQL listens on ${postgres.port} (pid ${postgres.pid})`);
    if (this.isStopping) return;
    const kafka = await startKafka(listeners, place('kafka'));
    this.started.push(kafka);
    log(`Kafka listens on ${kafka.port} (pid ${kafka.pid})`);
    await ensureDatabase(postgres.port);
    this.servers = { postgres, kafka };
  }

  private get both(): Servers {
    if (!this.servers) throw new Error('the servers have not been started');
    return this.servers;
  }
}

/** The URL of the cluster's database at a port of loopback. */
export function databaseUrlAt(port: number, database = DATABASE): string {
  return `postgres://${POSTGRES_USER}@127.0.0.1:${port}/${database}`;
}

async function ensureDatabase(port: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrlAt(port, 'postgres') });
  await client.connect();
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
  if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE} LOCALE 'C.UTF-8' TEMPLATE template0`);
  await client.end();
}

/** The port, or another one if somebody has it. */
async function freeOr(port: number): Promise<number> {
  if (port === 0) return freePort();
  const isFree = await new Promise<boolean>((resolveFree) => {
    const server = createServer();
    server.once('error', () => resolveFree(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolveFree(true)));
  });
  return isFree ? port : freePort();
}
