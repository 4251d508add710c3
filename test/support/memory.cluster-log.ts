import { VitalsError } from '../../src/errors.js';
import {
  ClusterLog,
  type FollowOptions,
  type Following,
  type LogRecord,
  type MemberOptions,
  type Membership,
  type Progress,
  type ReadRecord,
  type StartingPoint,
  type TopicRole,
} from '../../apps/control-plane/src/cluster/cluster-log.js';
import { MemoryGroup, type MemoryMember } from './memory.group.js';

/** One partition of a topic: its records, and who waits for more. */
export class MemoryPartition {
  readonly records: ReadRecord[] = [];
  private readonly waiting = new Set<() => void>();

  append(records: readonly LogRecord[]): void {
    for (const { key, value } of records) {
      const bytes = value === undefined ? undefined : Buffer.from(value);
      this.records.push({ offset: this.records.length, key: Buffer.from(key), value: bytes });
    }
    for (const wake of this.waiting) wake();
  }

  onMore(wake: () => void): () => void {
    this.waiting.add(wake);
    return () => void this.waiting.delete(wake);
  }
}

/** The log that the instances of a test share: what outlives them. Nothing is ever compacted or forgotten. */
export class MemoryTopics {
  private readonly topics = new Map<TopicRole, readonly MemoryPartition[]>();
  private readonly groups = new Map<string, MemoryGroup>();
  private clusterId: string | undefined;
  /** Why nothing is taken: appends are rejected. */
  away: string | undefined;
  /** Appends wait as long as this does. */
  held: Promise<void> | undefined;

  constructor(readonly partitions = 4) {}

  of(topic: TopicRole, partition: number): MemoryPartition {
    const known =
      this.topics.get(topic) ?? Array.from({ length: this.partitions }, () => new MemoryPartition());
    this.topics.set(topic, known);
    return known[partition] as MemoryPartition;
  }

  /** What was appended to all partitions of a topic, read as JSON; tombstones are `undefined`. */
  valuesOf(
    topic: TopicRole,
  ): { readonly partition: number; readonly key: string; readonly value: unknown }[] {
    return Array.from({ length: this.partitions }, (_, partition) =>
      this.of(topic, partition).records.map(({ key, value }) => {
        return { partition, key: String(key), value: value && (JSON.parse(String(value)) as unknown) };
      }),
    ).flat();
  }

  /** The group of this name; its assignment is what the test says. */
  group(name: string): MemoryGroup {
    const known = this.groups.get(name) ?? new MemoryGroup(name);
    this.groups.set(name, known);
    return known;
  }

  claim(clusterId: string): void {
    this.clusterId ??= clusterId;
    if (this.clusterId !== clusterId)
      throw new VitalsError(
        'settings-invalid',
        'VITALS_TOPIC_PREFIX: the topics are those of another cluster',
      );
  }
}

/** The log as one instance has it. Groups assign nothing by themselves: see `MemoryGroup.assign`. */
export class MemoryClusterLog extends ClusterLog {
  private readonly ending: (() => void)[] = [];
  private readonly memberships: MemoryMember[] = [];

  constructor(
    readonly topics: MemoryTopics,
    readonly instance: string,
    private readonly monotonicMs: () => number = () => 0,
  ) {
    super();
  }

  get partitions(): number {
    return this.topics.partitions;
  }

  get place(): string {
    return 'memory';
  }

  async claim(clusterId: string): Promise<void> {
    this.topics.claim(clusterId);
  }

  async append(topic: TopicRole, partition: number, records: readonly LogRecord[]): Promise<void> {
    await this.topics.held;
    const { away } = this.topics;
    if (away !== undefined) throw new VitalsError('store-unavailable', away);
    this.topics.of(topic, partition).append(records);
  }

  async follow(topic: TopicRole, { from, onRecords }: FollowOptions): Promise<Following> {
    const readings = Array.from({ length: this.partitions }, (_, partition) => {
      const place = this.topics.of(topic, partition);
      const reading = new Reading(place, startOf(from, partition, place), (records) =>
        onRecords(partition, records),
      );
      this.ending.push(() => reading.stop());
      return reading;
    });
    return {
      progress: (partition) => this.progressOf(readings[partition] as Reading),
      stop: async () => readings.forEach((reading) => reading.stop()),
    };
  }

  join(group: string, topic: TopicRole, options: MemberOptions): Membership {
    const member = this.topics.group(group).join(this.instance, options, (partition, delivery) => {
      const place = this.topics.of(topic, partition);
      const begin = delivery.committed() ?? (options.deliver?.from === 'end' ? place.records.length : 0);
      const reading = new Reading(place, begin, (records) => delivery.deliver(records));
      return () => reading.stop();
    });
    this.memberships.push(member);
    return member;
  }

  fault(): string | undefined {
    return this.topics.away;
  }

  async close(): Promise<void> {
    for (const member of this.memberships.splice(0)) await member.leave();
    for (const end of this.ending.splice(0)) end();
  }

  private progressOf({ position, end }: Reading): Progress {
    return { position, lag: end - position, asOfMs: this.monotonicMs() };
  }
}

/** Hands on the records of a partition, one slice after the other, as they come. */
class Reading {
  private stopped = false;
  private busy = false;
  private readonly forget: () => void;

  constructor(
    private readonly partition: MemoryPartition,
    public position: number,
    private readonly take: (records: readonly ReadRecord[]) => void | Promise<void>,
  ) {
    this.forget = partition.onMore(() => void this.run());
    void this.run();
  }

  get end(): number {
    return this.partition.records.length;
  }

  stop(): void {
    this.stopped = true;
    this.forget();
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await Promise.resolve();
    while (!this.stopped && this.position < this.end) {
      const records = this.partition.records.slice(this.position);
      await this.take(records);
      this.position += records.length;
    }
    this.busy = false;
  }
}

function startOf(from: StartingPoint, partition: number, place: MemoryPartition): number {
  if (from === 'beginning') return 0;
  return from === 'end' ? place.records.length : (from.get(partition) ?? 0);
}
