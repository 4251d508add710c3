import {
  compressionsAlgorithms,
  ConfigResourceTypes,
  createTopicsV7,
  describeConfigsV4,
} from '@platformatic/kafka';
import { VitalsError } from '@vitals/core/errors';
import { TOPIC_ROLES, type TopicRole } from '../cluster-log.js';
import { KAFKA, KafkaAway } from './kafka.errors.js';
import type { KafkaLink, TopicLayout } from './kafka.link.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CREATE_MS = 10_000;
/** As many as the brokers' `default.replication.factor` says. */
const REPLICAS = -1;

/** What a topic must be configured with; a start is refused where it is otherwise. */
const REQUIRED: Readonly<Record<TopicRole, Readonly<Record<string, string>>>> = {
  scheduler: { 'cleanup.policy': 'compact' },
  'health-checks': { 'cleanup.policy': 'delete', 'retention.ms': String(10 * MINUTE_MS) },
  heartbeats: { 'cleanup.policy': 'delete', 'retention.ms': String(10 * MINUTE_MS) },
  changes: { 'cleanup.policy': 'delete', 'retention.ms': String(24 * HOUR_MS) },
};

/** A segment is cleaned when it is closed: by default after a week, whatever the retention is. */
const SEGMENT_MS: Readonly<Record<TopicRole, number>> = {
  scheduler: 6 * HOUR_MS,
  'health-checks': 10 * MINUTE_MS,
  heartbeats: 10 * MINUTE_MS,
  changes: 6 * HOUR_MS,
};

/** The topics of a cluster: made where they are missing, and verified where they are there. */
export class KafkaTopics {
  /** @param brokers for people, as the tools of Kafka take them */
  constructor(
    private readonly link: KafkaLink,
    private readonly brokers: string,
    private readonly prefix: string,
    private readonly partitions: number,
  ) {}

  /** Which topics of which brokers these are, for a comparison; known once they are prepared. */
  get place(): string {
    return `${this.prefix} at ${this.link.brokersId ?? this.brokers}`;
  }

  nameOf(role: TopicRole): string {
    return `${this.prefix}.${role}`;
  }

  /**
   * Makes the topics that are missing.
   * @throws VitalsError `settings-invalid` that names every topic that is not as it must be, with the command that
   *   mends it; KafkaAway, or an error of the client, if it may be otherwise later
   */
  async prepare(): Promise<void> {
    const names = TOPIC_ROLES.map((role) => this.nameOf(role));
    let layouts = await this.link.describe(names);
    const missing = TOPIC_ROLES.filter((role) => !layouts.has(this.nameOf(role)));
    if (missing.length > 0) {
      await this.create(missing);
      layouts = await this.link.describe(names);
    }
    const unready = names.find(
      (name) => !(layouts.get(name)?.leaders.every((leader) => leader >= 0) ?? false),
    );
    if (unready !== undefined) throw new KafkaAway(`the topic ${unready} is not ready`);
    const faults = [...this.wrongCounts(layouts), ...(await this.wrongSettings(names))];
    if (faults.length === 0) return;
    const detail = `topics of Kafka at ${this.brokers} are not as they must be:\n  ${faults.join('\n  ')}`;
    throw new VitalsError('settings-invalid', `VITALS_TOPIC_PREFIX: ${detail}`);
  }

  close(): void {
    this.link.close();
  }

  private async create(roles: readonly TopicRole[]): Promise<void> {
    const topics = roles.map((role) => ({
      name: this.nameOf(role),
      numPartitions: this.partitions,
      replicationFactor: REPLICAS,
      assignments: [],
      configs: Object.entries({ ...REQUIRED[role], 'segment.ms': String(SEGMENT_MS[role]) }).map(
        ([name, value]) => ({ name, value }),
      ),
    }));
    try {
      await this.link.ask(this.link.controller, createTopicsV7, [topics, CREATE_MS, false], CREATE_MS);
    } catch (error) {
      const { response } = error as { readonly response?: createTopicsV7.CreateTopicsResponse };
      // another instance may have been faster
      const refused = response?.topics.find(
        ({ errorCode }) => ![0, KAFKA.TOPIC_ALREADY_EXISTS].includes(errorCode),
      );
      if (!response || refused) throw error;
    }
  }

  private wrongCounts(layouts: ReadonlyMap<string, TopicLayout>): string[] {
    return [...layouts].flatMap(([name, { leaders }]) => {
      const { length } = leaders;
      if (length === this.partitions) return [];
      const command =
        length < this.partitions
          ? this.command('topics', `--alter --topic ${name} --partitions ${this.partitions}`)
          : `${this.command('topics', `--delete --topic ${name}`)}, which has it made anew at the next start`;
      return [
        `${name} has ${length} partitions and not VITALS_PARTITIONS=${this.partitions}: set that for all topics alike, or stop all instances and run ${command}`,
      ];
    });
  }

  private async wrongSettings(names: readonly string[]): Promise<string[]> {
    const configurationKeys = ['cleanup.policy', 'retention.ms', 'compression.type'];
    const resources = names.map((resourceName) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configurationKeys,
    }));
    const { results } = await this.link.ask(undefined, describeConfigsV4, [resources, false, false]);
    return results.flatMap(({ resourceName, configs }) => {
      const role = TOPIC_ROLES.find((each) => this.nameOf(each) === resourceName) as TopicRole;
      const actual = new Map(configs.map(({ name, value }) => [name, value ?? '']));
      const wrong = Object.entries(REQUIRED[role]).filter(([name, value]) => actual.get(name) !== value);
      if (!isReadable(actual.get('compression.type') ?? '')) wrong.push(['compression.type', 'producer']);
      if (wrong.length === 0) return [];
      const has = wrong.map(([name]) => `${name}=${actual.get(name)}`).join(' and ');
      const config = wrong.map(([name, value]) => `${name}=${value}`).join(',');
      const options = `--alter --entity-type topics --entity-name ${resourceName} --add-config ${config}`;
      return [`${resourceName} has ${has}: run ${this.command('configs', options)}`];
    });
  }

  private command(tool: 'topics' | 'configs', options: string): string {
    return `kafka-${tool}.sh --bootstrap-server ${this.brokers} ${options}`;
  }
}

/** Whether this process can read what the brokers compress so; older versions of Node.js do not know zstd. */
function isReadable(compression: string): boolean {
  const found = Object.entries(compressionsAlgorithms).find(([name]) => name === compression);
  return found?.[1].available ?? true;
}
