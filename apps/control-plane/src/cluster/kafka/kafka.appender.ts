import { initProducerIdV4, NumericMap, produceV9 } from '@platformatic/kafka';
import { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { LogRecord } from '../cluster-log.js';
import { AppendQueue, type Batch, type Producer } from './append.queue.js';
import { KAFKA, kafkaText, kafkaUnavailable } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';
import { layoutOf, leaderOf } from './topic.edges.js';

/** For how long nothing is sent to a broker after a failure, in milliseconds. */
const RETRY_MS = 100;
/** All replicas that the topic demands have it. */
const ACKS_ALL = -1;
/** The numbers of records are 31 bits long. */
const MAX_SEQUENCE = 2 ** 30;
const [NO_TRANSACTION, NO_TIMEOUT, NO_ID, NO_EPOCH] = [null, 0, -1n, -1] as const;

/** What says that the brokers do not know a producer any more, or take it for another. */
const UNKNOWN_PRODUCER: readonly number[] = [
  KAFKA.OUT_OF_ORDER_SEQUENCE_NUMBER,
  KAFKA.INVALID_PRODUCER_EPOCH,
  KAFKA.UNKNOWN_PRODUCER_ID,
];

/**
 * Appends:
 *
 * 1. Every partition with something to append gives one batch: what waits there, in order, up to a limit.
 * 2. The batches go to the leaders of their partitions, one request at a time to each, with the next sequence numbers.
 *    A broker that has a batch already, because its answer was lost, says so and does not append it again.
 * 3. A batch that is acknowledged moves the sequence. One that is not is sent again as it is, until it is too old.
 *
 * The client's own producer is not used: it gives batches that are sent side by side the same numbers, and gives those of
 * a batch that was given up to the next one; either is acknowledged and lost.
 */
export class KafkaAppender {
  private readonly queue: AppendQueue;
  private readonly busy = new Set<number>();
  private newest: Producer | undefined;
  private isDistributing = false;
  private isDue = false;
  private lastFailure: string | undefined;

  /** @param link of this appender alone @param appendMs how long an append may take */
  constructor(
    private readonly link: KafkaLink,
    private readonly clock: Clock,
    private readonly appendMs: number,
  ) {
    this.queue = new AppendQueue(clock, appendMs, () =>
      kafkaUnavailable(this.lastFailure ?? `nothing was acknowledged within ${appendMs} ms`),
    );
  }

  /** As `ClusterLog.append`, by the name of the topic. */
  append(topic: string, partition: number, records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    const appended = this.queue.add(topic, partition, records);
    void this.distribute();
    return appended;
  }

  /** Where something was given up, and nothing was acknowledged since, with the reason; `undefined` if nowhere. */
  fault(): string | undefined {
    const { failingCount } = this.queue;
    if (failingCount === 0) return undefined;
    return `${failingCount} partitions cannot be appended to: ${this.lastFailure ?? 'no reason was given'}`;
  }

  close(): void {
    this.queue.close(kafkaUnavailable('this control plane ends'));
    this.link.close();
  }

  /** Sends what there is to the leaders to whom nothing is on its way, and looks again if something came meanwhile. */
  private async distribute(): Promise<void> {
    this.isDue = true;
    if (this.isDistributing) return;
    this.isDistributing = true;
    // what is appended in the same turn goes together
    await Promise.resolve();
    while (this.isDue) {
      this.isDue = false;
      try {
        await this.distributeOnce();
      } catch (error) {
        await this.failed(kafkaText(error));
        this.isDue = true;
      }
      this.isDue &&= !this.queue.isEmpty;
    }
    this.isDistributing = false;
  }

  private async distributeOnce(): Promise<void> {
    const byLeader = new Map<number, Batch[]>();
    for (const batch of this.queue.batches()) {
      const { lane } = batch;
      if (lane.sequence > MAX_SEQUENCE && !batch.isSent)
        [lane.spent, lane.producer] = [lane.producer, undefined];
      if (!lane.producer) [lane.producer, lane.sequence] = [await this.producerAfter(lane.spent), 0];
      const leader = leaderOf(await layoutOf(this.link, lane.topic), lane.partition);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
    }
    for (const [leader, batches] of byLeader) if (!this.busy.has(leader)) void this.deliver(leader, batches);
  }

  private async producerAfter(spent: Producer | undefined): Promise<Producer> {
    if (this.newest && this.newest !== spent) return this.newest;
    const answer = await this.link.ask(undefined, initProducerIdV4, [
      NO_TRANSACTION,
      NO_TIMEOUT,
      NO_ID,
      NO_EPOCH,
    ]);
    return (this.newest = { id: answer.producerId, epoch: answer.producerEpoch });
  }

  private async deliver(leader: number, batches: readonly Batch[]): Promise<void> {
    this.busy.add(leader);
    const producers = new Set(batches.map(({ lane }) => lane.producer as Producer));
    const sends = [...producers].map((producer) =>
      this.send(
        leader,
        producer,
        batches.filter(({ lane }) => lane.producer === producer),
      ),
    );
    const failure = (await Promise.all(sends)).find((text) => text !== undefined);
    if (failure !== undefined) await this.failed(failure);
    this.busy.delete(leader);
    if (!this.queue.isEmpty) await this.distribute();
  }

  /** @returns why something of it failed */
  private async send(
    leader: number,
    { id, epoch }: Producer,
    batches: readonly Batch[],
  ): Promise<string | undefined> {
    const messages = batches.flatMap(({ lane: { topic, partition }, records }) =>
      records.map(({ key, value }) => ({
        topic,
        partition,
        key: Buffer.from(key),
        // the client writes a tombstone for it, whatever its types say
        value: (value === undefined ? undefined : Buffer.from(value)) as Buffer,
      })),
    );
    const sequences = new NumericMap(batches.map(({ lane }) => [lane.key, lane.sequence]));
    const options = { producerId: id, producerEpoch: epoch, sequences };
    for (const batch of batches) [batch.isSent, batch.isInFlight] = [true, true];
    try {
      const answer = await this.link.ask(leader, produceV9, [ACKS_ALL, this.appendMs, messages, options]);
      return this.settle(batches, (answer as produceV9.ProduceResponse).responses);
    } catch (error) {
      const { response } = error as { readonly response?: produceV9.ProduceResponse };
      return response?.responses ? this.settle(batches, response.responses) : kafkaText(error);
    } finally {
      for (const batch of batches) batch.isInFlight = false;
    }
  }

  private settle(
    batches: readonly Batch[],
    responses: readonly produceV9.ProduceResponseTopic[],
  ): string | undefined {
    let failure: string | undefined;
    for (const batch of batches) {
      const { topic, partition } = batch.lane;
      const { errorCode: code = -1, errorMessage } =
        responses
          .find(({ name }) => name === topic)
          ?.partitionResponses.find(({ index }) => index === partition) ?? {};
      if (code === 0 || code === KAFKA.DUPLICATE_SEQUENCE_NUMBER) {
        this.queue.acknowledge(batch);
        continue;
      }
      failure = `${topic}, partition ${partition}: ${errorMessage ?? 'refused'} (code ${code})`;
      if (UNKNOWN_PRODUCER.includes(code)) this.queue.giveUp(batch, kafkaUnavailable(failure));
      if (code === KAFKA.MESSAGE_TOO_LARGE)
        this.queue.giveUp(batch, new VitalsError('body-too-large', failure));
    }
    return failure;
  }

  private async failed(text: string): Promise<void> {
    this.lastFailure = text;
    this.link.forget();
    await new Promise<void>((resolve) => void this.clock.after(RETRY_MS, resolve));
  }
}
