/** What the topics of a cluster are for; each has as many partitions as the others. */
export const TOPIC_ROLES = ['scheduler', 'health-checks', 'heartbeats', 'changes'] as const;

/** One of the topics. */
export type TopicRole = (typeof TOPIC_ROLES)[number];

/** A record to append. */
export interface LogRecord {
  readonly key: string;
  /** `undefined` is a tombstone: it removes the key from a compacted topic. An empty value is a value. */
  readonly value: string | Buffer | undefined;
}

/** A record that was read, as bytes: whoever may write to the topic may have written anything. */
export interface ReadRecord {
  /** Its place in its partition; offsets increase and need not be consecutive. */
  readonly offset: number;
  readonly key: Buffer | undefined;
  /** `undefined` is a tombstone. */
  readonly value: Buffer | undefined;
}

/** Where reading begins: `beginning` and `end` as they are when `follow` is called, or the next offset of a partition. */
export type StartingPoint = 'beginning' | 'end' | ReadonlyMap<number, number>;

/** What is done with the records of a topic. */
export interface FollowOptions {
  /** A partition that a map does not name is read from its beginning. */
  readonly from: StartingPoint;
  /**
   * Takes records of a partition in their order, each once; those of the partition that follow wait until it resolves.
   * What it throws is logged, and the records count as taken.
   */
  readonly onRecords: (partition: number, records: readonly ReadRecord[]) => void | Promise<void>;
  /**
   * Told that records of a partition can never be read, because the log no longer has them or they are unreadable:
   * those from offset `from` on, up to `to`, which is the next one that is read.
   */
  readonly onGap?: (partition: number, from: number, to: number) => void;
}

/** How far the reading of a partition is. */
export interface Progress {
  /** The next offset. */
  readonly position: number;
  /** Records between there and the end of the partition, as the end was told last. */
  readonly lag: number;
  /**
   * When the end was asked for that was told last, in monotonic milliseconds: with a lag of 0 everything that was
   * acknowledged before is taken.
   */
  readonly asOfMs: number;
}

/** The reading of all partitions of a topic. */
export interface Following {
  /** `undefined` until the end of the partition was told for the first time. */
  progress(partition: number): Progress | undefined;
  /** Resolves once nothing is handed on any more. */
  stop(): Promise<void>;
}

/** Records of a partition that this instance is assigned to. */
export interface Delivery {
  readonly partition: number;
  readonly records: readonly ReadRecord[];
  /** Whether the partition is, without interruption since, still this instance's: see `Membership.holds`. */
  isHeld(): boolean;
  /**
   * Notes in the group that all records up to and including these are done with, so that the next holder begins after
   * them. Sent once and only while the partition is held, and refused by the group to whoever is no member of its
   * generation. @returns whether it was noted; what was not is covered by the commit of later records
   */
  commit(): Promise<boolean>;
}

/** What a member of a group does with its assignment. */
export interface MemberOptions {
  /** The partitions of which this instance is now the only holder. Those that it keeps are not named again. */
  readonly onAssigned: (partitions: readonly number[]) => void | Promise<void>;
  /** Partitions that the group takes back: nobody else gets them before this has resolved. */
  readonly onRevoked: (partitions: readonly number[]) => void | Promise<void>;
  /** Partitions that others may hold already, because the group gave this instance up, or may have. */
  readonly onLost: (partitions: readonly number[]) => void;
  /** The instances that are members, this one included, in the order of their ids; called when they change. */
  readonly onMembers?: (instances: readonly string[]) => void;
  /** Has the records of the assigned partitions delivered, from the committed offset on. */
  readonly deliver?: {
    /** Where a partition begins of which nothing was ever committed. */
    readonly from: 'beginning' | 'end';
    /** As `FollowOptions.onRecords`. Nothing is delivered of a partition that is not held. */
    readonly onRecords: (delivery: Delivery) => void | Promise<void>;
  };
}

/** The membership of this instance in a group; while it has none it tries to join, without end. */
export interface Membership {
  /** Ids of the instances that are members, as of the last assignment; empty while this instance is none. */
  readonly members: readonly string[];
  /**
   * Whether this instance is the holder of a partition. `false` from the moment at which the group may have given it up
   * for lack of a sign of life, judged by this instance's own monotonic clock, whatever it has heard since.
   */
  holds(partition: number): boolean;
  /** Leaves the group, so that others take over at once; `onRevoked` comes first. */
  leave(): Promise<void>;
}

/**
 * The log that the instances of a cluster share: topics with partitions, in which records have an order; and groups,
 * which divide the partitions of a topic between their living members.
 */
export abstract class ClusterLog {
  /** How many partitions each topic has. */
  abstract readonly partitions: number;

  /** Which log this is: another one has another place, and the same one always the same. */
  abstract readonly place: string;

  /**
   * Ties the topics to a cluster. @param clusterId of the cluster whose database this is
   * @throws VitalsError `settings-invalid` if they are another cluster's
   */
  abstract claim(clusterId: string): Promise<void>;

  /**
   * Appends records to a partition, in their order, all of them or none, each once, though it is tried several times.
   * Resolves when they are as durable as the topic makes them. What is appended first comes first, whether the first
   * append has resolved or not, unless it is rejected.
   * @throws VitalsError `store-unavailable` within `appendMs`: then it may be that the records are written, or are
   *   written later, also after records that are appended afterwards; `body-too-large` if they are no batch of a topic
   */
  abstract append(topic: TopicRole, partition: number, records: readonly LogRecord[]): Promise<void>;

  /**
   * Reads all partitions of a topic, for this instance alone, without a group. What is appended after it has resolved
   * is handed on. A log that is away is waited for, and reading resumes at the next offset.
   */
  abstract follow(topic: TopicRole, options: FollowOptions): Promise<Following>;

  /** Joins the group in which the partitions of this topic are divided. Returns at once. */
  abstract join(group: string, topic: TopicRole, options: MemberOptions): Membership;

  /** Why nothing can be appended now; `undefined` while it can, as far as is known. */
  abstract fault(): string | undefined;

  /** Leaves the groups, stops reading, and ends the connections. */
  abstract close(): Promise<void>;
}
