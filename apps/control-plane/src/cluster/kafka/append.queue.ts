import { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { LogRecord } from '../cluster-log.js';

/** Bytes that a record takes besides its key and its value, at the most. */
const RECORD_OVERHEAD = 32;
/** More is refused at once: Kafka is away, and memory would run out before the appends do. */
const MAX_WAITING_BYTES = 64 << 20;

/** Records that one call appends. */
interface Append {
  readonly records: readonly LogRecord[];
  readonly bytes: number;
  /** Whether nobody waits any more. */
  isOver: boolean;
  readonly settle: (error?: Error) => void;
}

/** What is sent of a partition at a time, again and again until it is acknowledged or given up. */
export interface Batch {
  /** The name by which the client numbers the records of a partition. */
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  readonly appends: readonly Append[];
  /** Whether it may have been appended. */
  isSent: boolean;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly waiting: Append[];
  batch?: Batch;
}

/** Appends that wait, by partition, in the order of their calls; each is rejected when it has waited too long. */
export class AppendQueue {
  private readonly lanes = new Map<string, Lane>();
  private bytes = 0;
  private hasAbandoned = false;
  private closed: Error | undefined;

  /** @param failure why an append that waited for `appendMs` is rejected */
  constructor(
    private readonly clock: Clock,
    private readonly appendMs: number,
    private readonly maxBatchBytes: number,
    private readonly failure: () => VitalsError,
  ) {}

  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  /** Adds records to a partition. Resolves, or rejects, when they are settled. */
  add(topic: string, partition: number, records: readonly LogRecord[], maxBytes: number): Promise<void> {
    const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
    if (bytes > maxBytes)
      return Promise.reject(
        new VitalsError('body-too-large', `${bytes} bytes are no batch; ${maxBytes} may be appended at once`),
      );
    if (this.closed) return Promise.reject(this.closed);
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
      const cancel = this.clock.after(this.appendMs, () => settle(this.failure()));
      const key = `${topic}:${partition}`;
      const lane = this.lanes.get(key) ?? { topic, partition, waiting: [] };
      this.lanes.set(key, lane);
      lane.waiting.push(append);
    });
  }

  /** The batch of every partition that has one: what was sent before and is not settled, or what waits. */
  batches(): Batch[] {
    const batches: Batch[] = [];
    for (const [key, lane] of this.lanes) {
      lane.batch ??= this.batchOf(key, lane);
      if (lane.batch) batches.push(lane.batch);
      else this.lanes.delete(key);
    }
    return batches;
  }

  /** Settles a batch. @param error why it was refused, if it was */
  done(batch: Batch, error?: Error): void {
    for (const append of batch.appends) append.settle(error);
    const lane = this.lanes.get(batch.key);
    if (!lane) return;
    delete lane.batch;
    if (lane.waiting.length === 0) this.lanes.delete(batch.key);
  }

  /** Rejects a batch of which nobody knows whether it was appended, or will be. */
  abandon(batch: Batch): void {
    this.hasAbandoned = true;
    this.done(batch, this.failure());
  }

  /**
   * Gives up the batches for which nobody waits any more. @returns whether one that was given up since the last call may
   *   have been appended, or may be yet; then all that were sent are given up
   */
  sweep(): boolean {
    for (const { batch } of this.lanes.values()) {
      if (!batch?.appends.every(({ isOver }) => isOver)) continue;
      if (batch.isSent) this.abandon(batch);
      else this.done(batch);
    }
    if (!this.hasAbandoned) return false;
    for (const { batch } of this.lanes.values()) if (batch?.isSent) this.abandon(batch);
    this.hasAbandoned = false;
    return true;
  }

  /** Rejects whatever waits, and whatever comes. */
  close(error: Error): void {
    this.closed = error;
    for (const { batch, waiting } of this.lanes.values())
      for (const append of [...(batch?.appends ?? []), ...waiting]) append.settle(error);
    this.lanes.clear();
  }

  private batchOf(key: string, { topic, partition, waiting }: Lane): Batch | undefined {
    const appends: Append[] = [];
    let bytes = 0;
    for (let next; (next = waiting[0]); waiting.shift()) {
      if (next.isOver) continue;
      if (appends.length > 0 && bytes + next.bytes > this.maxBatchBytes) break;
      appends.push(next);
      bytes += next.bytes;
    }
    const records = appends.flatMap((append) => append.records);
    return appends.length > 0 ? { key, topic, partition, records, appends, isSent: false } : undefined;
  }
}

function bytesOf({ key, value }: LogRecord): number {
  return RECORD_OVERHEAD + Buffer.byteLength(key) + (value === undefined ? 0 : Buffer.byteLength(value));
}
