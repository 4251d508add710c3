import type { Logger } from '@nestjs/common';
import type { Clock } from '@vitals/core/time';
import type { Progress, ReadRecord } from '../cluster-log.js';
import { type FetchedPartition, fetchBatches } from './fetch.answer.js';
import { KAFKA, KafkaAway } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';
import { Patience } from './kafka.patience.js';
import { type Edge, findEdges, layoutOf, leaderOf } from './topic.edges.js';

/** How long a broker may wait for records before it answers that there are none, in milliseconds. */
const MAX_WAIT_MS = 500;
const MAX_BYTES = 8 << 20;
const MAX_PARTITION_BYTES = 1 << 20;
const MIN_BYTES = 1;
const READ_UNCOMMITTED = 0;
/** Each fetch stands alone: the broker keeps nothing between them. */
const [NO_SESSION, NO_EPOCH] = [0, -1];

/** Takes what is read; the next records of a partition are handed on when it has resolved. */
export interface RecordTaker {
  take(partition: number, records: readonly ReadRecord[]): void | Promise<void>;
  /** Records from one offset up to another can never be read. */
  gap(partition: number, from: number, to: number): void;
}

interface Reading {
  position: number;
  /** The id of the topic that the position is of. */
  topicId?: string;
  progress?: Progress;
}

/**
 * Reads partitions of a topic from given offsets on, each record once and in order, over whatever becomes of the
 * brokers. There is one loop for each broker that leads any of them:
 *
 * 1. Ask for what follows the position of each partition that it leads; it answers when there is something, or in time.
 * 2. Hand on each batch, with the position behind it.
 * 3. A partition that moved elsewhere has the layout described anew. One whose position is outside of what is kept, or
 *    whose topic was made anew, goes on at the nearest offset that is kept, and the gap is told.
 */
export class KafkaReader {
  private readonly readings = new Map<number, Reading>();
  private readonly loops = new Map<number, Promise<void>>();
  private readonly patience: Patience;
  private readonly patiences = new Map<number, Patience>();
  private spreading: Promise<void> | undefined;
  private isStopped = false;

  /** @param link of this reader alone, which ends with it */
  constructor(
    private readonly link: KafkaLink,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly topic: string,
    private readonly taker: RecordTaker,
  ) {
    this.patience = new Patience(clock, logger, `${topic} is laid out`);
  }

  /** Begins to read a partition at an offset. */
  add(partition: number, position: number): void {
    this.readings.set(partition, { position });
    this.spread();
  }

  /** Hands on nothing of a partition any more. */
  remove(partition: number): void {
    this.readings.delete(partition);
  }

  /** How far the reading of a partition is; `undefined` until a broker has said where its end is. */
  progress(partition: number): Progress | undefined {
    return this.readings.get(partition)?.progress;
  }

  /** An edge of partitions, asked for until it is answered, unless this is stopped. */
  async edges(partitions: readonly number[], edge: Edge): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>();
    await this.patience.insist(async () => {
      const missing = partitions.filter((partition) => !found.has(partition));
      await findEdges(this.link, this.topic, missing, edge, found).catch((error) => this.failed(error));
    });
    return found;
  }

  /** Resolves once nothing is handed on any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const patience of [this.patience, ...this.patiences.values()]) patience.end();
    this.readings.clear();
    this.link.close();
    await Promise.all([this.spreading, ...this.loops.values()]);
  }

  /** Has a loop for each broker that leads a partition. */
  private spread(): void {
    this.spreading ??= this.patience
      .insist(async () => {
        const layout = await layoutOf(this.link, this.topic).catch((error) => this.failed(error));
        this.spreading = undefined;
        for (const partition of this.readings.keys()) this.start(leaderOf(layout, partition));
      })
      .finally(() => (this.spreading = undefined));
  }

  private start(node: number): void {
    if (this.isStopped || this.loops.has(node)) return;
    const ended = this.loop(node).finally(() => {
      this.loops.delete(node);
      if (this.readings.size > 0) this.spread();
    });
    this.loops.set(node, ended);
  }

  private async loop(node: number): Promise<void> {
    const patience = this.patienceWith(node);
    let isLeader = true;
    while (isLeader && !this.isStopped) {
      const isDone = await patience.attempt(async () => {
        const layout = await layoutOf(this.link, this.topic);
        const asked = [...this.readings].filter(([partition]) => leaderOf(layout, partition) === node);
        isLeader = asked.length > 0;
        if (isLeader) await this.fetch(node, layout.id, asked).catch((error) => this.failed(error));
      });
      isLeader &&= isDone;
    }
  }

  private patienceWith(node: number): Patience {
    const what = `${this.topic} is read from ${node < 0 ? 'partitions without a leader' : `broker ${node}`}`;
    const patience = this.patiences.get(node) ?? new Patience(this.clock, this.logger, what);
    this.patiences.set(node, patience);
    return patience;
  }

  private async fetch(node: number, topicId: string, asked: [number, Reading][]): Promise<void> {
    for (const [partition, reading] of asked) {
      if (reading.topicId !== undefined && reading.topicId !== topicId)
        await this.relocate(partition, reading);
      reading.topicId = topicId;
    }
    const asOfMs = this.clock.monotonicMs();
    const partitions = asked.map(([partition, { position }]) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(position),
      lastFetchedEpoch: -1,
      partitionMaxBytes: MAX_PARTITION_BYTES,
    }));
    const bounds = [MAX_WAIT_MS, MIN_BYTES, MAX_BYTES, READ_UNCOMMITTED, NO_SESSION, NO_EPOCH] as const;
    const answers = await this.link.ask(node, fetchBatches, [...bounds, [{ topicId, partitions }], [], '']);
    const readings = new Map(asked);
    let refused: FetchedPartition | undefined;
    for (const answer of answers) {
      const reading = readings.get(answer.partition);
      if (!reading || this.readings.get(answer.partition) !== reading) continue;
      if (answer.code === 0) await this.handOn(answer, reading, asOfMs);
      else if (answer.code === KAFKA.OFFSET_OUT_OF_RANGE) await this.relocate(answer.partition, reading);
      else refused = answer;
    }
    if (refused) throw new KafkaAway(`partition ${refused.partition} cannot be read (code ${refused.code})`);
  }

  private async handOn(
    { partition, end, batches }: FetchedPartition,
    reading: Reading,
    asOfMs: number,
  ): Promise<void> {
    for (const { first, next, records } of batches) {
      const { position } = reading;
      if (next <= position) continue;
      reading.position = next;
      if (records)
        await this.take(
          partition,
          records.filter(({ offset }) => offset >= position),
        );
      else this.skip(partition, Math.max(first, position), next, 'is a batch that cannot be read');
      if (this.readings.get(partition) !== reading) return;
    }
    const { position } = reading;
    reading.progress = { position, lag: Math.max(end - position, 0), asOfMs };
  }

  private async take(partition: number, records: readonly ReadRecord[]): Promise<void> {
    const [first] = records;
    if (!first) return;
    try {
      await this.taker.take(partition, records);
    } catch (error) {
      const { stack } = error as Error;
      this.logger.error(`${this.topic}, partition ${partition}, from offset ${first.offset}: ${stack}`);
    }
  }

  private async relocate(partition: number, reading: Reading): Promise<void> {
    const start = (await this.edges([partition], 'beginning')).get(partition);
    const end = (await this.edges([partition], 'end')).get(partition);
    const { position } = reading;
    if (start === undefined || end === undefined) return;
    const isAnew =
      reading.topicId !== undefined && reading.topicId !== (await layoutOf(this.link, this.topic)).id;
    if (!isAnew && position >= start && position <= end) return;
    reading.position = isAnew || position < start ? start : end;
    this.skip(partition, position, reading.position, `is no longer kept, but ${start} to ${end} is`);
  }

  private skip(partition: number, from: number, to: number, why: string): void {
    this.logger.warn(
      `${this.topic}, partition ${partition}: offset ${from} ${why}; reading goes on at ${to}`,
    );
    this.taker.gap(partition, from, to);
  }

  /** The partitions may be led by others now. */
  private failed(error: unknown): never {
    this.link.forget();
    throw error;
  }
}
