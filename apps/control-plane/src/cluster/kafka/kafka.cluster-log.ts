import { Logger } from '@nestjs/common';
import type { Clock } from '@vitals/core/time';
import {
  ClusterLog,
  type FollowOptions,
  type Following,
  type LogRecord,
  type MemberOptions,
  type Membership,
  type TopicRole,
} from '../cluster-log.js';
import { KafkaAppender } from './kafka.appender.js';
import {
  assertVersion,
  atBoot,
  brokersText,
  connectionOptions,
  type KafkaSettings,
} from './kafka.connecting.js';
import { KafkaDelivery } from './kafka.delivery.js';
import { KafkaLink } from './kafka.link.js';
import { KafkaMember } from './kafka.member.js';
import { KafkaReader, type Pace } from './kafka.reader.js';
import { KafkaTopics } from './kafka.topics.js';
import type { RecordTaker } from './partition.reading.js';
import { isClaim, TopicClaims } from './topic.claims.js';

/** How the log is opened; durations in milliseconds. */
export interface KafkaLogOptions {
  readonly kafka: KafkaSettings;
  /** The id of this instance, which is told to the others. */
  readonly instance: string;
  /** How long a member of a group may give no sign of life; default 6 s, below which brokers refuse it. */
  readonly sessionMs?: number;
  /** How long an append may take; default 5 s. */
  readonly appendMs?: number;
  /** How long the start waits for the brokers; default 30 s. */
  readonly bootWaitMs?: number;
}

const DEFAULTS = { sessionMs: 6_000, appendMs: 5_000, bootWaitMs: 30_000 };
const REQUEST_MS = 3_000;
const REBALANCE_MS = 10_000;
/** Beats come in a steady stream, and are read in one piece ten times a second; of all else each is read at once. */
const PACES: Partial<Record<TopicRole, Pace>> = { heartbeats: { minBytes: 64 << 10, maxWaitMs: 100 } };

/** The log in Apache Kafka, 3.1 or newer. */
export class KafkaClusterLog extends ClusterLog {
  private readonly logger = new Logger('Kafka');
  private readonly ends = new Set<() => Promise<void>>();
  private readonly options: typeof DEFAULTS & KafkaLogOptions;
  private readonly topics: KafkaTopics;
  private readonly appender: KafkaAppender;
  private readonly connection;

  private constructor(
    private readonly clock: Clock,
    options: KafkaLogOptions,
  ) {
    super();
    this.options = { ...DEFAULTS, ...options };
    const { kafka, appendMs } = this.options;
    this.connection = connectionOptions(kafka);
    this.appender = new KafkaAppender(this.link(), clock, appendMs);
    this.topics = new KafkaTopics(this.link(), brokersText(kafka), kafka.topicPrefix, kafka.partitions);
  }

  /**
   * Connects, and makes or verifies the topics.
   * @throws VitalsError `settings-invalid` with what is wrong, if it is not right within `bootWaitMs`
   */
  static async open(clock: Clock, options: KafkaLogOptions): Promise<KafkaClusterLog> {
    const log = new KafkaClusterLog(clock, options);
    const { kafka, bootWaitMs } = log.options;
    const brokers = brokersText(kafka);
    const link = log.link();
    try {
      await atBoot(clock, brokers, bootWaitMs, async () => {
        await assertVersion(link, brokers);
        await log.topics.prepare();
      });
    } catch (error) {
      await log.close();
      throw error;
    } finally {
      link.close();
      log.topics.close();
    }
    return log;
  }

  get partitions(): number {
    return this.options.kafka.partitions;
  }

  get place(): string {
    return this.topics.place;
  }

  async claim(clusterId: string): Promise<void> {
    const topic = this.topics.nameOf('scheduler');
    const claims = new TopicClaims(() => this.link(), this.appender, this.clock, this.logger, topic);
    await claims.claim(clusterId, this.options.bootWaitMs);
  }

  append(topic: TopicRole, partition: number, records: readonly LogRecord[]): Promise<void> {
    return this.appender.append(this.topics.nameOf(topic), partition, records);
  }

  async follow(topic: TopicRole, { from, onRecords, onGap }: FollowOptions): Promise<Following> {
    const taker: RecordTaker = {
      take: (partition, records) => {
        const handed = topic === 'scheduler' ? records.filter((record) => !isClaim(record)) : records;
        return handed.length > 0 ? onRecords(partition, handed) : undefined;
      },
      gap: (partition, start, end) => onGap?.(partition, start, end),
    };
    const name = this.topics.nameOf(topic);
    const reader = new KafkaReader(this.link(), this.clock, this.logger, name, taker, PACES[topic]);
    const stop = this.untilClosed(() => reader.stop());
    const all = Array.from({ length: this.partitions }, (_, partition) => partition);
    const edges = await reader.edges(all, from === 'end' ? 'end' : 'beginning');
    for (const [partition, edge] of edges)
      reader.add(partition, typeof from === 'string' ? edge : (from.get(partition) ?? edge));
    return { progress: (partition) => reader.progress(partition), stop };
  }

  join(name: string, role: TopicRole, handlers: MemberOptions): Membership {
    const { kafka, instance, sessionMs } = this.options;
    const [group, topic] = [`${kafka.topicPrefix}.${name}`, this.topics.nameOf(role)];
    const links = { read: this.link(), commit: this.link() };
    const delivery =
      handlers.deliver &&
      new KafkaDelivery(() => member, links, this.clock, this.logger, { group, topic }, handlers.deliver);
    const member: KafkaMember = new KafkaMember(
      this.link(),
      this.clock,
      this.logger,
      {
        group,
        topic,
        partitions: this.partitions,
        instance,
        sessionMs,
        rebalanceMs: Math.max(REBALANCE_MS, sessionMs),
      },
      {
        ...handlers,
        onAssigned: async (partitions) => {
          await handlers.onAssigned(partitions);
          await delivery?.begin(partitions);
        },
        onRevoked: (partitions) => {
          delivery?.end(partitions);
          return handlers.onRevoked(partitions);
        },
        onLost: (partitions) => {
          delivery?.end(partitions);
          handlers.onLost(partitions);
        },
      },
    );
    const leave = this.untilClosed(async () => {
      await member.leave();
      await delivery?.stop();
    });
    member.start();
    return {
      get members() {
        return member.members;
      },
      holds: (partition) => member.holds(partition),
      leave,
    };
  }

  fault(): string | undefined {
    return this.appender.fault();
  }

  async close(): Promise<void> {
    await Promise.all([...this.ends].map((end) => end()));
    this.appender.close();
  }

  /** What ends once: when it is called, or with this. */
  private untilClosed(end: () => Promise<void>): () => Promise<void> {
    let ended: Promise<void> | undefined;
    const once = (): Promise<void> => (ended ??= end().finally(() => this.ends.delete(once)));
    this.ends.add(once);
    return once;
  }

  private link(): KafkaLink {
    const { kafka, instance } = this.options;
    return new KafkaLink(this.clock, {
      clientId: `vitals-${instance}`,
      brokers: kafka.brokers,
      connection: this.connection,
      requestMs: REQUEST_MS,
    });
  }
}
