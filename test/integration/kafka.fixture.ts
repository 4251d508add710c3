import { SystemClock } from '@vitals/core/time';
import type {
  ClusterLog,
  MemberOptions,
  Membership,
  ReadRecord,
} from '../../apps/control-plane/src/cluster/cluster-log.js';
import type { KafkaLogOptions } from '../../apps/control-plane/src/cluster/kafka/kafka.cluster-log.js';
import { openClusterLog } from '../../apps/control-plane/src/cluster/open-cluster-log.js';
import { readSettings } from '../../apps/control-plane/src/settings/read-settings.js';
import type { Settings } from '../../apps/control-plane/src/settings/settings.js';

/** What a member was told, in order. */
export interface Member extends Membership {
  readonly told: readonly string[];
  /** What it has, by what it was told. */
  readonly partitions: readonly number[];
  readonly instances: readonly string[];
}

/** Logs on one Kafka, each test with topics of its own. */
export class KafkaFixture {
  private readonly logs: ClusterLog[] = [];
  private count = 0;

  /** @param port of Kafka, or of what lies before it */
  constructor(private readonly port: number) {}

  /** A prefix that no other test has. */
  prefix(): string {
    return `t${process.pid}-${++this.count}`;
  }

  /** Settings of Kafka; `port` if something is between. */
  kafka(topicPrefix: string, more: Partial<Settings['kafka']> = {}, port = this.port): Settings['kafka'] {
    const { kafka } = readSettings({});
    return { ...kafka, brokers: [{ host: '127.0.0.1', port }], topicPrefix, partitions: 4, ...more };
  }

  async open(topicPrefix: string, instance = 'a', more: Partial<KafkaLogOptions> = {}): Promise<ClusterLog> {
    const options = { kafka: this.kafka(topicPrefix), instance, ...more };
    const log = await openClusterLog(new SystemClock(), options);
    this.logs.push(log);
    return log;
  }

  async close(): Promise<void> {
    await Promise.all(this.logs.splice(0).map((log) => log.close()));
  }
}

/** Joins the group of the owners, and keeps what is told. */
export function joined(log: ClusterLog, more: Partial<MemberOptions> = {}): Member {
  const told: string[] = [];
  const held = new Set<number>();
  let instances: readonly string[] = [];
  const take = (
    what: string,
    partitions: readonly number[],
    change: (partition: number) => unknown,
  ): void => {
    told.push(`${what} ${partitions.join(' ')}`);
    partitions.forEach(change);
  };
  const membership = log.join('owners', 'scheduler', {
    onAssigned: (partitions) => take('assigned', partitions, (partition) => held.add(partition)),
    onRevoked: (partitions) => take('revoked', partitions, (partition) => held.delete(partition)),
    onLost: (partitions) => take('lost', partitions, (partition) => held.delete(partition)),
    onMembers: (members) => (instances = members),
    ...more,
  });
  return {
    told,
    get partitions() {
      return [...held].toSorted((a, b) => a - b);
    },
    get instances() {
      return instances;
    },
    get members() {
      return membership.members;
    },
    holds: (partition) => membership.holds(partition),
    leave: () => membership.leave(),
  };
}

/** What was read, as text: `partition:value`. */
export class Collected {
  readonly values: string[] = [];
  readonly offsets: string[] = [];
  readonly onRecords = (partition: number, records: readonly ReadRecord[]): void => {
    for (const { offset, value } of records) {
      this.values.push(`${partition}:${String(value)}`);
      this.offsets.push(`${partition}@${offset}`);
    }
  };

  of(partition: number): string[] {
    return this.values
      .filter((value) => value.startsWith(`${partition}:`))
      .map((value) => value.slice(value.indexOf(':') + 1));
  }
}
