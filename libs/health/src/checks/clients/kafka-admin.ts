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
export interface KafkaCluster {
  readonly id: string;
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

/** Whether this is an admin client that can be asked. */
export function isKafkaAdmin(admin: unknown): admin is MetadataAdmin | DescribingAdmin {
  const isDescribing = offers(admin, 'describeCluster') && offers(admin, 'fetchTopicMetadata');
  return offers(admin, 'listTopics') && (offers(admin, 'metadata') || isDescribing);
}

/**
 * Asks a broker, never the client's memory. Only topics that there are are asked about: for others clients try
 * again until they give up, and some make them.
 */
export async function describeCluster(
  admin: MetadataAdmin | DescribingAdmin,
  topics: readonly string[],
): Promise<KafkaCluster> {
  const existing = new Set(topics.length > 0 ? await admin.listTopics() : []);
  const asked = topics.filter((topic) => existing.has(topic));
  if ('metadata' in admin) {
    const told = await admin.metadata({ topics: asked, forceUpdate: true, autocreateTopics: false });
    return {
      id: told.id,
      brokers: told.brokers.size,
      controllerId: told.controllerId,
      partitions: new Map(asked.map((topic) => [topic, told.topics.get(topic)?.partitions ?? []])),
    };
  }
  const { clusterId, controller, brokers } = await admin.describeCluster();
  const told = asked.length > 0 ? (await admin.fetchTopicMetadata({ topics: asked })).topics : [];
  return {
    id: clusterId,
    brokers: brokers.length,
    controllerId: controller ?? -1,
    partitions: new Map(told.map(({ name, partitions }) => [name, partitions])),
  };
}

function offers(admin: unknown, method: string): boolean {
  return typeof (admin as Record<string, unknown> | null | undefined)?.[method] === 'function';
}
