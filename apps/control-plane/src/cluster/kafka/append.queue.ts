import { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { LogRecord } from '../cluster-log.js';

/** Bytes that a record takes besides its key and its value, at the most. */
const RECORD_OVERHEAD = 32;
/** More is refused at once: Kafka is away, and memory would run out before the appends do. */
const MAX_WAITING_BYTES = 64 << 20;
/** A batch that is longer is split; one append may not be. The brokers' default limit is 1 MiB. */
const MAX_BATCH_BYTES = 512 << 10;
const MAX_APPEND_BYTES = 900 << 10;

/** Who writes, to the brokers: by its sequence numbers they tell a batch that they have from one that they have not. */
export interface Producer {
  readonly id: bigint;
  readonly epoch: number;
}

/** What is appended to one partition. */
export interface Lane {
  /** The name by which the client numbers the records of a partition. */
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly waiting: Append[];
  batch: Batch | undefined;
  /** Under whose numbers its records are appended; `undefined` if it has to have another one than `spent`. */
  producer: Producer | undefined;
  spent: Producer | undefined;
  /** The number of the next record. */
  sequence: number;
}

/** What is sent of a lane at a time, again and again until it is acknowledged or given up. */
export interface Batch {
  readonly lane: Lane;
  readonly records: readonly LogRecord[];
  readonly appends: readonly Append[];
  /** Whether it may have been appended. */
  isSent: boolean;
  /** Whether an answer may come; until then it is not sent again. */
  isInFlight: boolean;
}

/** Records that one call appends. */
interface Append {
  readonly records: readonly LogRecord[];
  readonly bytes: number;
  /** Whether nobody waits any more. */
  isOver: boolean;
  readonly settle: (error?: Error) => void;
}

/** Appends that wait, by partition, in the order of their calls; each is rejected when it has waited too long. */
export class AppendQueue {
  private readonly lanes = new Map<string, Lane>();
  /** Those that have something to append. */
  private readonly active = new Set<Lane>();
  /** Those where nothing was acknowledged since something was given up; see `acknowledge`. */
  private readonly failing = new Set<Lane>();
  private bytes = 0;
  private closed: Error | undefined;

  /** @param failure why an append that waited for `appendMs` is rejected */
  constructor(
    private readonly clock: Clock,
    private readonly appendMs: number,
    private readonly failure: () => VitalsError,
  ) {}

  get isEmpty(): boolean {
    return this.active.size === 0;
  }

  /** How many partitions there are where nothing was acknowledged since something was given up, and something may wait. */
  get failingCount(): number {
    return this.failing.size;
  }

  /** Adds records to a partition. Resolves, or rejects, when they are settled. */
  add(topic: string, partition: number, records: readonly LogRecord[]): Promise<void> {
    const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
    if (bytes > MAX_APPEND_BYTES) {
      const detail = `${bytes} bytes are too many to append at once; ${MAX_APPEND_BYTES} are taken`;
      return Promise.reject(new VitalsError('body-too-large', detail));
    }
    if (this.closed) return Promise.reject(this.closed);
    const lane = this.lane(topic, partition);
    if (this.bytes + bytes > MAX_WAITING_BYTES) return Promise.reject(this.failure());
    this.bytes += bytes;
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        if (append.isOver) return;
        append.isOver = true;
        this.bytes -= bytes;
        cancel();
        if (error) reject(error);
        else resolve();
      };
      const append: Append = { records, bytes, isOver: false, settle };
      const cancel = this.clock.after(this.appendMs, () => {
        this.failing.add(lane);
        settle(this.failure());
      });
      lane.waiting.push(append);
      this.active.add(lane);
    });
  }

  /**
   * The batch of every partition that has one to be sent: what was sent before and is not settled, or what waits. What
   * nobody waits for any more is given up first.
   */
  batches(): Batch[] {
    const batches: Batch[] = [];
    for (const lane of this.active) {
      const { batch } = lane;
      if (batch?.appends.every(({ isOver }) => isOver)) this.giveUp(batch);
      lane.batch ??= batchOf(lane);
      if (!lane.batch) this.active.delete(lane);
      else if (!lane.batch.isInFlight) batches.push(lane.batch);
    }
    return batches;
  }

  /** Settles a batch that was acknowledged. */
  acknowledge(batch: Batch): void {
    const { lane, records, appends } = batch;
    if (lane.batch !== batch) return;
    lane.sequence += records.length;
    lane.batch = undefined;
    this.failing.delete(lane);
    // of one that nobody appends to it would never be known
    for (const other of this.failing) if (!this.active.has(other)) this.failing.delete(other);
    for (const append of appends) append.settle();
  }

  /**
   * Rejects a batch. If nobody knows whether it was appended, or will be, its partition has another producer from then
   * on: under the old numbers the next batch would count as this one, and be lost with an acknowledgement.
   */
  giveUp(batch: Batch, error: Error = this.failure()): void {
    const { lane, appends, isSent } = batch;
    if (lane.batch !== batch) return;
    if (isSent) [lane.spent, lane.producer] = [lane.producer, undefined];
    lane.batch = undefined;
    this.failing.add(lane);
    for (const append of appends) append.settle(error);
  }

  /** Rejects whatever waits, and whatever comes. */
  close(error: Error): void {
    this.closed = error;
    for (const { batch, waiting } of this.active)
      for (const append of [...(batch?.appends ?? []), ...waiting]) append.settle(error);
    this.active.clear();
  }

  private lane(topic: string, partition: number): Lane {
    const key = `${topic}:${partition}`;
    const known = this.lanes.get(key);
    if (known) return known;
    const nothing = { batch: undefined, producer: undefined, spent: undefined, sequence: 0 };
    const lane: Lane = { key, topic, partition, waiting: [], ...nothing };
    this.lanes.set(key, lane);
    return lane;
  }
}

function batchOf(lane: Lane): Batch | undefined {
  const { waiting } = lane;
  const appends: Append[] = [];
  let bytes = 0;
  for (let next; (next = waiting[0]); waiting.shift()) {
    if (next.isOver) continue;
    if (appends.length > 0 && bytes + next.bytes > MAX_BATCH_BYTES) break;
    appends.push(next);
    bytes += next.bytes;
  }
  const records = appends.flatMap((append) => append.records);
  return appends.length > 0 ? { lane, records, appends, isSent: false, isInFlight: false } : undefined;
}

function bytesOf({ key, value }: LogRecord): number {
  return RECORD_OVERHEAD + Buffer.byteLength(key) + (value === undefined ? 0 : Buffer.byteLength(value));
}
