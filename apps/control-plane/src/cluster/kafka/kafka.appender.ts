import { initProducerIdV4, NumericMap, produceV9 } from '@platformatic/kafka';
import { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { LogRecord } from '../cluster-log.js';
import { AppendQueue, type Batch } from './append.queue.js';
import { KAFKA, kafkaText, kafkaUnavailable } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';
import { layoutOf, leaderOf } from './topic.edges.js';

/** How long a round that failed is followed by nothing, in milliseconds. */
const RETRY_MS = 100;
/** All replicas that the topic demands have it. */
const ACKS_ALL = -1;
/** A batch that is longer is split; one append may not be. The brokers' default limit is 1 MiB. */
const MAX_BATCH_BYTES = 512 << 10;
const MAX_APPEND_BYTES = 900 << 10;
const MAX_SEQUENCE = 2 ** 30;

/** What says that the brokers do not know this producer any more, or take it for another: it has to begin anew. */
const UNKNOWN_PRODUCER: readonly number[] = [
  KAFKA.OUT_OF_ORDER_SEQUENCE_NUMBER,
  KAFKA.INVALID_PRODUCER_EPOCH,
  KAFKA.UNKNOWN_PRODUCER_ID,
];

/** Who writes, to the brokers: by its sequence numbers they tell a batch that they have from one that they have not. */
interface Producer {
  readonly id: bigint;
  readonly epoch: number;
  readonly sequences: NumericMap;
}

/**
 * Appends, in rounds:
 *
 * 1. Every partition with something to append gives one batch: what waits there, in order, up to a limit.
 * 2. The batches go to the leaders of their partitions, with the producer's next sequence numbers. A broker that has a
 *    batch already, because its answer was lost, says so and does not append it again.
 * 3. A batch that is acknowledged moves the sequence. One that is not is sent again as it is, until it is too old.
 * 4. When a batch is given up of which nobody knows whether it was appended, the producer ends, and another one begins
 *    with new numbers: under the old ones the next batch would count as that one, and be lost with an acknowledgement.
 *
 * One round at a time: the client gives batches that are sent side by side the same sequence numbers.
 */
export class KafkaAppender {
  private readonly queue: AppendQueue;
  private producer: Producer | undefined;
  private isRunning = false;
  private lastFault: string | undefined;

  /** @param link of this appender alone @param appendMs how long an append may take */
  constructor(
    private readonly link: KafkaLink,
    private readonly clock: Clock,
    private readonly appendMs: number,
  ) {
    this.queue = new AppendQueue(clock, appendMs, MAX_BATCH_BYTES, () => this.failure());
  }

  /** As `ClusterLog.append`, by the name of the topic. */
  append(topic: string, partition: number, records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    const appended = this.queue.add(topic, partition, records, MAX_APPEND_BYTES);
    if (!this.isRunning) void this.run();
    return appended;
  }

  /** Why the last round failed; `undefined` if it did not. */
  fault(): string | undefined {
    return this.lastFault;
  }

  close(): void {
    this.queue.close(kafkaUnavailable('this control plane ends'));
    this.link.close();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (!this.queue.isEmpty) {
      this.lastFault = await this.round(this.queue.batches());
      if (this.lastFault === undefined || this.queue.isEmpty) continue;
      await new Promise<void>((resolve) => void this.clock.after(RETRY_MS, resolve));
    }
    this.isRunning = false;
  }

  /** @returns why something of it failed */
  private async round(batches: readonly Batch[]): Promise<string | undefined> {
    let fault: string | undefined;
    try {
      if (this.isWornOut && batches.every(({ isSent }) => !isSent)) this.producer = undefined;
      this.producer ??= await this.begin();
      const { producer } = this;
      const byLeader = new Map<number, Batch[]>();
      for (const batch of batches) {
        const leader = leaderOf(await layoutOf(this.link, batch.topic), batch.partition);
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
      }
      const sends = [...byLeader].map(([leader, sent]) => this.send(leader, sent, producer));
      fault = (await Promise.all(sends)).find((failed) => failed !== undefined);
    } catch (error) {
      fault = kafkaText(error);
    }
    if (fault !== undefined) this.link.forget();
    if (this.queue.sweep()) this.producer = undefined;
    return fault;
  }

  /** Whether a partition comes near the end of the numbers, which are 31 bits long. */
  private get isWornOut(): boolean {
    return [...(this.producer?.sequences.values() ?? [])].some((sequence) => sequence > MAX_SEQUENCE);
  }

  private async begin(): Promise<Producer> {
    const answer = await this.link.ask(undefined, initProducerIdV4, [null, 0, -1n, -1]);
    return { id: answer.producerId, epoch: answer.producerEpoch, sequences: new NumericMap() };
  }

  private async send(
    leader: number,
    batches: readonly Batch[],
    producer: Producer,
  ): Promise<string | undefined> {
    const messages = batches.flatMap(({ topic, partition, records }) =>
      records.map(({ key, value }) => ({
        topic,
        partition,
        key: Buffer.from(key),
        value: value === undefined ? (value as unknown as Buffer) : Buffer.from(value),
      })),
    );
    const options = { producerId: producer.id, producerEpoch: producer.epoch, sequences: producer.sequences };
    for (const batch of batches) batch.isSent = true;
    try {
      const answer = await this.link.ask(leader, produceV9, [ACKS_ALL, this.appendMs, messages, options]);
      return this.settle(batches, producer, typeof answer === 'object' ? answer : { responses: [] });
    } catch (error) {
      const { response } = error as { readonly response?: produceV9.ProduceResponse };
      return response?.responses ? this.settle(batches, producer, response) : kafkaText(error);
    }
  }

  private settle(
    batches: readonly Batch[],
    { sequences }: Producer,
    { responses }: Pick<produceV9.ProduceResponse, 'responses'>,
  ): string | undefined {
    let fault: string | undefined;
    for (const batch of batches) {
      const answer = responses
        .find(({ name }) => name === batch.topic)
        ?.partitionResponses.find(({ index }) => index === batch.partition);
      const code = answer?.errorCode;
      if (code === 0 || code === KAFKA.DUPLICATE_SEQUENCE_NUMBER) {
        sequences.postIncrement(batch.key, batch.records.length, 0);
        this.queue.done(batch);
        continue;
      }
      const text = `${batch.topic}, partition ${batch.partition}: code ${code} ${answer?.errorMessage ?? ''}`;
      fault ??= text.trim();
      if (code !== undefined && UNKNOWN_PRODUCER.includes(code)) this.queue.abandon(batch);
      if (code === KAFKA.MESSAGE_TOO_LARGE)
        this.queue.done(batch, new VitalsError('body-too-large', `the topic's max.message.bytes: ${text}`));
    }
    return fault;
  }

  private failure(): VitalsError {
    return kafkaUnavailable(this.lastFault ?? `nothing was acknowledged within ${this.appendMs} ms`);
  }
}
