/** What instances write into a partition of the heartbeats. Times by the monotonic clock of the instance. */
export type LogRecord =
  | {
      readonly kind: 'beat';
      readonly instance: string;
      readonly provider: string;
      readonly toldMs: number;
      readonly sentMs: number;
    }
  | {
      readonly kind: 'watermark';
      readonly instance: string;
      readonly sentMs: number;
      readonly hasRefused: boolean;
    }
  | { readonly kind: 'farewell'; readonly instance: string; readonly sentMs: number };

/** One partition of a topic: records in one order, read by position. */
export class PartitionLog {
  private records: LogRecord[] = [];
  private times: number[] = [];
  /** The position of the first record that is kept. */
  first = 0;

  get end(): number {
    return this.first + this.records.length;
  }

  append(records: readonly LogRecord[], atMs = 0): void {
    this.records.push(...records);
    for (let count = 0; count < records.length; count++) this.times.push(atMs);
  }

  /** How many records from a position on were there at `atMs`. */
  countBefore(position: number, atMs: number): number {
    let end = position - this.first;
    while (end < this.times.length && (this.times[end] as number) <= atMs) end++;
    return end - (position - this.first);
  }

  /** The record at a position; `undefined` at the end. */
  at(position: number): LogRecord | undefined {
    return this.records[position - this.first];
  }

  /** Forgets what everybody has read. */
  trim(position: number): void {
    if (position - this.first < 1) return;
    this.records = this.records.slice(position - this.first);
    this.times = this.times.slice(position - this.first);
    this.first = position;
  }
}
