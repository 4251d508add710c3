import type { Progress, ReadRecord } from '../cluster-log.js';
import type { FetchedPartition } from './fetch.answer.js';

/** Takes what is read; the next records of a partition are handed on when it has resolved. */
export interface RecordTaker {
  take(partition: number, records: readonly ReadRecord[]): void | Promise<void>;
  /** Records from one offset up to another can never be read. */
  gap(partition: number, from: number, to: number): void;
}

/** What is said of a partition to the operator. */
export type Say = (level: 'warn' | 'error', text: string) => void;

/** The reading of one partition, from its position on. */
export class PartitionReading {
  /** The id of the topic that the position is of. */
  topicId: string | undefined;
  isOver = false;
  private lastProgress: Progress | undefined;

  constructor(
    readonly partition: number,
    private next: number,
    private readonly taker: RecordTaker,
    private readonly say: Say,
  ) {}

  /** The offset that is asked for next. */
  get position(): number {
    return this.next;
  }

  get progress(): Progress | undefined {
    return this.lastProgress;
  }

  /** Hands on what a broker answered, batch by batch, unless it is over. @param asOfMs when it was asked */
  async handOn({ end, batches }: FetchedPartition, asOfMs: number): Promise<void> {
    for (const { first, next, records } of batches) {
      const position = this.next;
      if (next <= position) continue;
      if (records) {
        this.next = next;
        await this.take(records.filter(({ offset }) => offset >= position));
      } else this.skip(Math.max(first, position), next, 'is of a batch that cannot be read');
      if (this.isOver) return;
    }
    this.lastProgress = { position: this.next, lag: Math.max(end - this.next, 0), asOfMs };
  }

  /**
   * Goes on at the nearest offset that is kept, from `start` up to `end`, if that is another one; at `start` if the
   * topic was made anew.
   */
  relocate(start: number, end: number, isAnew: boolean): void {
    const position = this.next;
    if (!isAnew && position >= start && position <= end) return;
    const why = `is not kept, but ${start} to ${end}`;
    this.skip(position, isAnew || position < start ? start : end, why);
  }

  private skip(from: number, to: number, why: string): void {
    this.next = to;
    this.say('warn', `offset ${from} ${why}; reading goes on at ${to}`);
    this.taker.gap(this.partition, from, to);
  }

  private async take(records: readonly ReadRecord[]): Promise<void> {
    const [first] = records;
    if (!first) return;
    try {
      await this.taker.take(this.partition, records);
    } catch (error) {
      this.say('error', `from offset ${first.offset} on: ${(error as Error).stack}`);
    }
  }
}
