import type { Logger } from '@nestjs/common';
import type { Clock } from '@vitals/core/time';
import type { Progress } from '../cluster-log.js';
import { type FetchedPartition, fetchBatches } from './fetch.answer.js';
import { KAFKA, KafkaAway } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';
import { Patience } from './kafka.patience.js';
import { PartitionReading, type RecordTaker } from './partition.reading.js';
import { type Edge, findEdges, layoutOf, leaderOf } from './topic.edges.js';

const MAX_BYTES = 8 << 20;
const MAX_PARTITION_BYTES = 1 << 20;
const READ_UNCOMMITTED = 0;
/** Each fetch stands alone: the broker keeps nothing between them. */
const [NO_SESSION, NO_EPOCH] = [0, -1];

/** How long a broker lets a fetch wait: for so many bytes, or so long. */
export interface Pace {
  readonly minBytes: number;
  readonly maxWaitMs: number;
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
  private readonly readings = new Map<number, PartitionReading>();
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
    private readonly pace: Pace = { minBytes: 1, maxWaitMs: 500 },
  ) {
    this.patience = new Patience(clock, logger, `${topic} is laid out`);
  }

  /** Begins to read a partition at an offset. */
  add(partition: number, position: number): void {
    const say = (level: 'warn' | 'error', text: string): void =>
      this.logger[level](`${this.topic}, partition ${partition}: ${text}`);
    this.readings.set(partition, new PartitionReading(partition, position, this.taker, say));
    this.spread();
  }

  /** Hands on nothing of a partition any more. */
  remove(partition: number): void {
    const reading = this.readings.get(partition);
    if (reading) reading.isOver = true;
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
    for (const partition of this.readings.keys()) this.remove(partition);
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
        const asked = [...this.readings.values()].filter((each) => leaderOf(layout, each.partition) === node);
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

  private async fetch(node: number, topicId: string, asked: readonly PartitionReading[]): Promise<void> {
    for (const reading of asked) {
      if (reading.topicId !== undefined && reading.topicId !== topicId) await this.relocate(reading, true);
      reading.topicId = topicId;
    }
    const asOfMs = this.clock.monotonicMs();
    const answers = await this.ask(node, topicId, asked);
    let refused: FetchedPartition | undefined;
    for (const answer of answers) {
      const reading = asked.find(({ partition }) => partition === answer.partition);
      if (!reading || reading.isOver) continue;
      if (answer.code === 0) await reading.handOn(answer, asOfMs);
      else if (answer.code === KAFKA.OFFSET_OUT_OF_RANGE) await this.relocate(reading, false);
      else refused = answer;
    }
    if (refused) throw new KafkaAway(`partition ${refused.partition} cannot be read (code ${refused.code})`);
  }

  private ask(
    node: number,
    topicId: string,
    asked: readonly PartitionReading[],
  ): Promise<FetchedPartition[]> {
    const { minBytes, maxWaitMs } = this.pace;
    const partitions = asked.map(({ partition, position }) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(position),
      lastFetchedEpoch: -1,
      partitionMaxBytes: MAX_PARTITION_BYTES,
    }));
    const bounds = [maxWaitMs, minBytes, MAX_BYTES, READ_UNCOMMITTED, NO_SESSION, NO_EPOCH] as const;
    return this.link.ask(node, fetchBatches, [...bounds, [{ topicId, partitions }], [], '']);
  }

  private async relocate(reading: PartitionReading, isAnew: boolean): Promise<void> {
    const { partition } = reading;
    const start = (await this.edges([partition], 'beginning')).get(partition);
    const end = (await this.edges([partition], 'end')).get(partition);
    if (start !== undefined && end !== undefined) reading.relocate(start, end, isAnew);
  }

  /** The partitions may be led by others now. */
  private failed(error: unknown): never {
    this.link.forget();
    throw error;
  }
}
