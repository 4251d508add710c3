import { FrontGate, partitionOf } from '@vitals/core/cluster';
import type { Lease } from '@vitals/core/lease';
import type { HostClock } from './host-clock.js';
import type { LogRecord } from './partition-log.js';
import { Replica, type Surroundings } from './replica.js';
import type { RuledPartition } from './rules.js';
import type { StoredChange } from './store.js';

/** The side of an instance that takes beats, and writes them into the logs. */
export abstract class Front extends Replica {
  /** One for each partition: its log may be away while the others are not. */
  readonly gates: readonly FrontGate[];
  readonly outboxes: LogRecord[][];

  constructor(id: string, host: HostClock, around: Surroundings) {
    super(id, host, around);
    this.gates = around.logs.map(() => new FrontGate(around.times.appendMs));
    this.outboxes = around.logs.map(() => []);
  }

  /** Takes a beat. @returns the interval told in milliseconds; `undefined` if the provider has to go elsewhere */
  accept(name: string): number | undefined {
    const at = partitionOf(name, this.partitions.length);
    const { leases } = this.partitions[at] as RuledPartition;
    const lease = this.leases.get(name) as Lease;
    const sentMs = this.host.monotonicMs();
    if (!this.gates[at]?.admit(sentMs) && this.around.rules.gate) return undefined;
    let answer = leases.answer(lease);
    const toldMs = answer.nextIntervalSeconds * 1_000;
    // it was heard, whether or not what it changes can be written
    this.outboxes[at]?.push({ kind: 'beat', instance: this.id, provider: name, toldMs, sentMs });
    if (answer.transition || answer.advertisedMs !== undefined) {
      const isWritten = this.transaction(() => {
        answer = leases.answer(lease);
        const { transition, advertisedMs } = answer;
        const { id: instance } = this;
        const changes: StoredChange[] = [];
        if (advertisedMs !== undefined) changes.push({ kind: 'advertised', subject: name, advertisedMs });
        if (transition)
          changes.push({
            kind: 'transition',
            transition: {
              subject: name,
              from: lease.state,
              to: 'Available',
              stamp: undefined,
              instance,
              wasHeard: false,
            },
          });
        return changes;
      });
      if (!isWritten) return undefined;
    }
    return toldMs;
  }

  /** Puts a watermark, or the last record of a stop in good order, behind what was taken. */
  mark(kind: 'watermark' | 'farewell' = 'watermark'): void {
    const sentMs = this.host.monotonicMs();
    const { id: instance } = this;
    this.outboxes.forEach((outbox, partition) => {
      if (kind === 'farewell') outbox.push({ kind, instance, sentMs });
      else {
        const hasRefused = this.gates[partition]?.takeRefusal() ?? false;
        outbox.push({ kind, instance, sentMs, hasRefused });
      }
    });
  }

  /** The log takes what waits for one partition, and says so. */
  append(partition: number): void {
    const records = this.takeOutbox(partition);
    const last = records.at(-1);
    if (last === undefined) return;
    this.around.logs[partition]?.append(records);
    this.gates[partition]?.acknowledge(last.sentMs);
  }

  /** What waits for one partition is on its way to the log. */
  takeOutbox(partition: number): LogRecord[] {
    return (this.outboxes[partition] as LogRecord[]).splice(0);
  }
}
