import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import type { HealthStatus } from '@vitals/core/health';
import type { HealthOptions } from '../../declaration/health.options.js';
import { OpenQuestion, provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

/** What is told of one partition. */
export interface KafkaPartition {
  /** Its number; default its place in the list. */
  readonly partitionId?: number;
  /** The id of the broker that leads it; below 0 if none does. */
  readonly leader: number;
  readonly replicas: readonly number[];
  /** The replicas that are in sync. */
  readonly isr: readonly number[];
}

/** What is told of a cluster. */
interface KafkaCluster {
  readonly clusterId: string;
  /** How many brokers are alive. */
  readonly brokers: number;
  /** The id of the broker that is the controller, below 0 if none is known. */
  readonly controllerId: number;
  /** Partitions of those of the topics that were asked for which there are, by topic. */
  readonly partitions: ReadonlyMap<string, readonly KafkaPartition[]>;
}

/** What is used of every admin. */
interface ListingAdmin {
  listTopics(): Promise<readonly string[]>;
}

/** What is used of an `Admin` of @platformatic/kafka. */
export interface MetadataAdmin extends ListingAdmin {
  metadata(options: { topics: string[]; forceUpdate: boolean; autocreateTopics: boolean }): Promise<{
    readonly id: string;
    readonly brokers: { readonly size: number };
    readonly controllerId: number;
    readonly topics: ReadonlyMap<string, { readonly partitions: readonly KafkaPartition[] } | undefined>;
  }>;
}

/** What is used of an admin of kafkajs, or of a client that took over its interface. */
export interface DescribingAdmin extends ListingAdmin {
  describeCluster(): Promise<{
    readonly clusterId: string;
    readonly controller: number | null;
    readonly brokers: readonly unknown[];
  }>;
  fetchTopicMetadata(options: { topics: string[] }): Promise<{
    readonly topics: readonly { readonly name: string; readonly partitions: readonly KafkaPartition[] }[];
  }>;
}

/** What `kafkaCheck` can be told, besides what every check can. */
export interface KafkaCheckSettings extends HealthOptions {
  /** The injection token of the app's own admin client, of @platformatic/kafka or with the interface of kafkajs. */
  readonly admin: InjectionToken<MetadataAdmin | DescribingAdmin>;
  /** `DOWN` with fewer live brokers than this; default 1. */
  readonly minBrokers?: number;
  /** Topics whose partitions must all have a leader; one with a replica out of sync is `DEGRADED`. */
  readonly topics?: readonly string[];
}

/** How many partitions or topics a reason names. */
const MAX_NAMED = 5;

/**
 * Whether Kafka answers on the app's own admin client: `providers: [kafkaCheck({ admin: ADMIN })]`. The cluster is
 * asked each time, not the client's memory; while a question has no answer no second one is put. Reports `brokers`
 * (how many are alive), `clusterId` and `controllerId`.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong, here or when the app starts
 */
export function kafkaCheck(settings: KafkaCheckSettings): FactoryProvider {
  const read = Settings.of('kafkaCheck', settings, ['admin', 'minBrokers', 'topics']);
  const { admin: token } = settings;
  const least = read.integer('minBrokers', settings.minBrokers ?? 1, 1);
  const topics = [...new Set(readTopics(read, settings.topics))];
  return provideCheck(
    { ...read.external('kafka'), inject: read.token('admin', token, "the app's Kafka admin client") },
    (admin: unknown) => {
      const expected = 'the token of an admin client with listTopics() and metadata() or describeCluster()';
      const client = isKafkaAdmin(admin) ? admin : read.refuse('admin', String(token), expected);
      const question = new OpenQuestion(() => describeCluster(client, topics));
      return { check: async ({ signal }) => judge(await question.ask(signal), topics, least) };
    },
  );
}

function judge(cluster: KafkaCluster, topics: readonly string[], least: number): HealthStatus {
  const { clusterId, brokers, controllerId, partitions } = cluster;
  const status = up({ brokers, clusterId, controllerId });
  if (brokers < least) return status.down(`${brokers} live brokers are fewer than ${least}`);
  const missing = topics.filter((topic) => !partitions.has(topic));
  if (missing.length > 0) return status.down(`no such topic: ${named(missing)}`);
  const those = (is: (partition: KafkaPartition) => boolean): string[] =>
    [...partitions].flatMap(([topic, parts]) =>
      parts.flatMap((part, index) => (is(part) ? [`${topic}-${part.partitionId ?? index}`] : [])),
    );
  const leaderless = those(({ leader }) => leader < 0);
  if (leaderless.length > 0) return status.down(`without a leader: ${named(leaderless)}`);
  const lagging = those(({ replicas, isr }) => isr.length < replicas.length);
  return lagging.length > 0 ? status.degraded(`with replicas out of sync: ${named(lagging)}`) : status;
}

function named(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function readTopics(read: Settings, given: unknown = []): string[] {
  const expected = 'names of up to 249 letters, digits, ".", "_" and "-"';
  return read
    .texts('topics', given, 'a list of names of topics')
    .map((name) => (/^[\w.-]{1,249}$/.test(name) ? name : read.refuse('topics', name, expected)));
}

/** Whether this is an admin client that can be asked. */
function isKafkaAdmin(admin: unknown): admin is MetadataAdmin | DescribingAdmin {
  const isDescribing = offers(admin, 'describeCluster') && offers(admin, 'fetchTopicMetadata');
  return offers(admin, 'listTopics') && (offers(admin, 'metadata') || isDescribing);
}

/**
 * Asks a broker, never the client's memory. Only topics that there are are asked about: for others clients try
 * again until they give up, and some make them.
 */
async function describeCluster(
  admin: MetadataAdmin | DescribingAdmin,
  topics: readonly string[],
): Promise<KafkaCluster> {
  const existing = new Set(topics.length > 0 ? await admin.listTopics() : []);
  const asked = topics.filter((topic) => existing.has(topic));
  if ('metadata' in admin) {
    const told = await admin.metadata({ topics: asked, forceUpdate: true, autocreateTopics: false });
    return {
      clusterId: told.id,
      brokers: told.brokers.size,
      controllerId: told.controllerId,
      partitions: new Map(asked.map((topic) => [topic, told.topics.get(topic)?.partitions ?? []])),
    };
  }
  const { clusterId, controller, brokers } = await admin.describeCluster();
  const told = asked.length > 0 ? (await admin.fetchTopicMetadata({ topics: asked })).topics : [];
  return {
    clusterId,
    brokers: brokers.length,
    controllerId: controller ?? -1,
    partitions: new Map(told.map(({ name, partitions }) => [name, partitions])),
  };
}

function offers(admin: unknown, method: string): boolean {
  return typeof (admin as Record<string, unknown> | null | undefined)?.[method] === 'function';
}
