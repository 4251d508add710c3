import { offsetCommitV8, offsetFetchV8 } from '@platformatic/kafka';
import type { Logger } from '@nestjs/common';
import type { Clock } from '@vitals/core/time';
import type { MemberOptions, ReadRecord } from '../cluster-log.js';
import type { Holding } from './held.partitions.js';
import { kafkaText } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';
import type { KafkaMember } from './kafka.member.js';
import { Patience } from './kafka.patience.js';
import { KafkaReader } from './kafka.reader.js';

/** The broker answers so where nothing was ever committed. */
const NOT_COMMITTED = -1n;
/** Of another protocol of groups. */
const NO_EPOCH = -1;

/** Reads the partitions that a member of a group is assigned to, from what the group has committed, and commits. */
export class KafkaDelivery {
  private readonly reader: KafkaReader;
  private readonly patience: Patience;
  /** The broker that coordinates the group, as it was found last. */
  private node: number | undefined;
  private readonly holdings = new Map<number, Holding>();

  /** @param links of this alone, which end with it: one that reads, and one that does not wait for records */
  constructor(
    private readonly member: () => KafkaMember,
    private readonly links: { readonly read: KafkaLink; readonly commit: KafkaLink },
    clock: Clock,
    private readonly logger: Logger,
    private readonly options: { readonly group: string; readonly topic: string },
    private readonly deliver: NonNullable<MemberOptions['deliver']>,
  ) {
    this.patience = new Patience(clock, logger, `the offsets of ${options.group} are known`);
    this.reader = new KafkaReader(links.read, clock, logger, options.topic, {
      take: (partition, records) => this.take(partition, records),
      gap: () => undefined,
    });
  }

  /** Delivers the records of these partitions from now on. */
  async begin(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) {
      const holding = this.member().holding(partition);
      if (holding) this.holdings.set(partition, holding);
    }
    const positions = new Map<number, number>();
    await this.patience.insist(async () => {
      this.node = undefined;
      if (this.ofHeld(partitions).length > 0) await this.committed(partitions, positions);
    });
    const uncommitted = this.ofHeld(partitions).filter((partition) => !positions.has(partition));
    const edges = await this.reader.edges(uncommitted, this.deliver.from);
    for (const partition of this.ofHeld(partitions))
      this.reader.add(partition, positions.get(partition) ?? edges.get(partition) ?? 0);
  }

  /** Delivers nothing of these partitions any more. */
  end(partitions: readonly number[]): void {
    for (const partition of partitions) this.reader.remove(partition);
  }

  async stop(): Promise<void> {
    this.patience.end();
    this.links.commit.close();
    await this.reader.stop();
  }

  private ofHeld(partitions: readonly number[]): number[] {
    return partitions.filter((partition) => this.holdings.get(partition)?.isOver === false);
  }

  private async committed(partitions: readonly number[], positions: Map<number, number>): Promise<void> {
    const { group, topic } = this.options;
    const node = await this.coordinator();
    const topics = [{ name: topic, partitionIndexes: [...partitions] }];
    const { groups } = await this.links.commit.ask(node, offsetFetchV8, [
      [{ groupId: group, memberEpoch: NO_EPOCH, topics }],
      false,
    ]);
    for (const { partitionIndex, committedOffset } of groups.flatMap(
      (each) => each.topics[0]?.partitions ?? [],
    ))
      if (committedOffset !== NOT_COMMITTED) positions.set(partitionIndex, Number(committedOffset));
  }

  private async coordinator(): Promise<number> {
    return (this.node ??= await this.links.commit.coordinator(this.options.group));
  }

  private take(partition: number, records: readonly ReadRecord[]): void | Promise<void> {
    const holding = this.holdings.get(partition);
    const isHeld = (): boolean => holding !== undefined && this.member().holding(partition) === holding;
    if (!isHeld()) return undefined;
    let isCommitted = false;
    return this.deliver.onRecords({
      partition,
      records,
      isHeld,
      commit: async () => {
        if (isCommitted || !isHeld()) return false;
        isCommitted = true;
        return this.commit(partition, BigInt((records.at(-1)?.offset ?? 0) + 1));
      },
    });
  }

  /** Sent once: the same commit, sent again by a member that was given up meanwhile and has joined anew, would count. */
  private async commit(partitionIndex: number, committedOffset: bigint): Promise<boolean> {
    const { group, topic } = this.options;
    const { memberId, generation } = this.member().identity;
    const committed = { partitionIndex, committedOffset, committedLeaderEpoch: -1, committedMetadata: null };
    try {
      const node = await this.coordinator();
      const topics = [{ name: topic, partitions: [committed] }];
      await this.links.commit.ask(node, offsetCommitV8, [group, generation, memberId, null, topics]);
      return true;
    } catch (error) {
      this.node = undefined;
      this.logger.debug(`${group}: partition ${partitionIndex} is not committed: ${kafkaText(error)}`);
      return false;
    }
  }
}
