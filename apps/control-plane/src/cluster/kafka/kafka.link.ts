import {
  type API,
  type Broker,
  type Connection,
  type ConnectionOptions,
  ConnectionPool,
  findCoordinatorV4,
  FindCoordinatorKeyTypes,
  metadataV12,
} from '@platformatic/kafka';
import type { Clock } from '@vitals/core/time';
import { KafkaAway } from './kafka.errors.js';

/** How connections are made. */
export interface LinkOptions {
  readonly clientId: string;
  /** The brokers that are asked where the others are. */
  readonly brokers: readonly Broker[];
  readonly connection: ConnectionOptions;
  /** How long an answer is waited for, in milliseconds. */
  readonly requestMs: number;
}

/** A topic as the brokers describe it. */
export interface TopicLayout {
  readonly id: string;
  /** The broker that leads each partition, by the number of the partition; -1 if there is none. */
  readonly leaders: readonly number[];
}

/** A request of the protocol, of one version. */
interface Request<A extends unknown[], R> {
  readonly api: API<A, R>;
}

/** The client's own limit, which leaves a connection out of step with its answers: never reached. */
const NEVER_MS = 600_000;

/**
 * Connections to the brokers for one purpose: a broker answers the requests of a connection one after another, so that
 * what waits there holds up what comes later.
 *
 * Nothing is waited for without end. When an answer is late all connections end at once, for the client cannot go on
 * with one that had a late answer; what else was asked on them fails, and the next request connects anew.
 */
export class KafkaLink {
  private pool: ConnectionPool;
  private brokers = new Map<number, Broker>();
  private controllerId: number | undefined;
  private readonly layouts = new Map<string, TopicLayout>();
  /** The brokers to ask first; those that were late come last. */
  private known: Broker[];

  constructor(
    private readonly clock: Clock,
    private readonly options: LinkOptions,
  ) {
    this.known = [...options.brokers];
    this.pool = this.connected();
  }

  /** Asks a broker. @param node its number; `undefined` for any @throws KafkaAway, or an error of the client */
  async ask<A extends unknown[], R>(
    node: number | undefined,
    { api }: Request<A, R>,
    args: A,
    withinMs: number = this.options.requestMs,
  ): Promise<R> {
    return this.bounded(withinMs, async () => {
      const connection = await this.connection(node);
      return api.async(connection, ...args);
    });
  }

  /** How a topic is laid out, as it was found last; `undefined` if there is no such topic. */
  async layout(topic: string): Promise<TopicLayout | undefined> {
    const found = this.layouts.get(topic) ?? (await this.describe([topic])).get(topic);
    if (found) this.layouts.set(topic, found);
    return found;
  }

  /** Asks how topics are laid out; those that are missing are so in the result. */
  async describe(topics: string[]): Promise<ReadonlyMap<string, TopicLayout>> {
    const answer = await this.ask(undefined, metadataV12, [topics, false, false]).catch(partialMetadata);
    this.brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    this.controllerId = answer.controllerId;
    const layouts = answer.topics
      .filter(({ topicId, partitions }) => topicId !== NO_ID && partitions.length > 0)
      .map(({ name, topicId, partitions }): [string, TopicLayout] => {
        const leaders: number[] = [];
        for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
        return [name ?? '', { id: topicId, leaders }];
      });
    return new Map(layouts);
  }

  /** Which broker coordinates a group. */
  async coordinator(group: string): Promise<number> {
    const { coordinators } = await this.ask(undefined, findCoordinatorV4, [
      FindCoordinatorKeyTypes.GROUP,
      [group],
    ]);
    const [found] = coordinators;
    if (!found) throw new KafkaAway(`no broker coordinates the group ${group}`);
    this.brokers.set(found.nodeId, { host: found.host, port: found.port });
    return found.nodeId;
  }

  /** The broker that is asked for changes of topics, as it was described last. */
  get controller(): number | undefined {
    return this.controllerId;
  }

  /** Has the topics described anew when they are asked for next. */
  forget(): void {
    this.layouts.clear();
  }

  /** Ends all connections, and whatever is asked on them. */
  reset(): void {
    const { pool } = this;
    this.pool = this.connected();
    this.forget();
    this.known.push(...this.known.splice(0, 1));
    for (const [, connection] of pool) connection.socket?.destroy();
    void pool.close().catch(() => undefined);
  }

  /** Ends all connections; nothing may be asked afterwards. */
  close(): void {
    this.reset();
    void this.pool.close().catch(() => undefined);
  }

  private connected(): ConnectionPool {
    const { clientId, connection: options } = this.options;
    const pool = new ConnectionPool(clientId, { ...options, requestTimeout: NEVER_MS });
    // the request that meets an error is told; of a second one, which nobody waits for, the process would end
    pool.on('connecting', ({ connection }) => void connection.on('error', () => undefined));
    return pool;
  }

  private connection(node: number | undefined): Promise<Connection> {
    if (node === undefined) return this.pool.getFirstAvailable([...this.known, ...this.brokers.values()]);
    const broker = this.brokers.get(node);
    if (broker) return this.pool.get(broker);
    throw new KafkaAway(node < 0 ? 'a partition has no leader' : `broker ${node} is not known`);
  }

  private async bounded<T>(withinMs: number, work: () => Promise<T>): Promise<T> {
    const { pool } = this;
    let cancel: (() => void) | undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.clock.after(withinMs, () => {
        if (pool === this.pool) this.reset();
        reject(new KafkaAway(`a broker gave no answer within ${Math.round(withinMs)} ms`));
      });
    });
    try {
      return await Promise.race([work(), late]);
    } finally {
      cancel?.();
    }
  }
}

/** What the protocol gives as the id of a topic that does not exist. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The client throws the whole answer away when one topic is missing, or one partition has no leader. */
function partialMetadata(error: unknown): metadataV12.MetadataResponse {
  const { response } = error as { readonly response?: metadataV12.MetadataResponse };
  if (response?.brokers) return response;
  throw error;
}
