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
import type { CancelTimer, Clock } from '@vitals/core/time';
import { kafkaCode, KafkaAway } from './kafka.errors.js';

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
 * Nothing is waited for without end. When an answer is late its connection ends, for the client cannot go on with one
 * that had a late answer; what else was asked on it fails, and the next request connects anew.
 */
export class KafkaLink {
  private pool: ConnectionPool;
  private brokers = new Map<number, Broker>();
  private clusterId: string | undefined;
  private controllerId: number | undefined;
  private readonly layouts = new Map<string, TopicLayout>();
  /** The brokers that may be asked for what any of them knows; those that did not answer come last. */
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
    const broker = node === undefined ? this.known[0] : this.brokers.get(node);
    if (!broker)
      throw new KafkaAway(node === NO_LEADER ? 'a partition has no leader' : `broker ${node} is not known`);
    let connection: Connection | undefined;
    let cancel: CancelTimer | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      cancel = this.clock.after(withinMs, () => {
        isLate = true;
        connection?.socket.destroy();
        reject(new KafkaAway(`a broker gave no answer within ${Math.round(withinMs)} ms`));
      });
    });
    const asked = async (): Promise<R> => {
      connection = await this.pool.get(broker);
      if (isLate) throw new KafkaAway('the connection came too late');
      return api.async(connection, ...args);
    };
    try {
      return await Promise.race([asked(), late]);
    } catch (error) {
      if (kafkaCode(error) === undefined)
        this.known = [...this.known.filter((each) => !isSame(each, broker)), broker];
      throw error;
    } finally {
      cancel?.();
    }
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
    for (const broker of this.brokers.values())
      if (!this.known.some((each) => isSame(each, broker))) this.known.push(broker);
    this.controllerId = answer.controllerId;
    this.clusterId = answer.clusterId ?? undefined;
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
  async coordinator(group: string, withinMs?: number): Promise<number> {
    const args: [number, string[]] = [FindCoordinatorKeyTypes.GROUP, [group]];
    const { coordinators } = await this.ask(undefined, findCoordinatorV4, args, withinMs);
    const [found] = coordinators;
    if (!found) throw new KafkaAway(`no broker coordinates the group ${group}`);
    this.brokers.set(found.nodeId, { host: found.host, port: found.port });
    return found.nodeId;
  }

  /** The broker that is asked for changes of topics, as it was described last. */
  get controller(): number | undefined {
    return this.controllerId;
  }

  /** The id that the brokers gave themselves, as it was told last. */
  get brokersId(): string | undefined {
    return this.clusterId;
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
}

/** What the protocol gives as the leader of a partition that has none. */
const NO_LEADER = -1;
/** What the protocol gives as the id of a topic that does not exist. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The client throws the whole answer away when one topic is missing, or one partition has no leader. */
function partialMetadata(error: unknown): metadataV12.MetadataResponse {
  const { response } = error as { readonly response?: metadataV12.MetadataResponse };
  if (response?.brokers) return response;
  throw error;
}

function isSame(one: Broker, other: Broker): boolean {
  return one.host === other.host && one.port === other.port;
}
