import { heartbeatV4, joinGroupV7, leaveGroupV4, syncGroupV5 } from '@platformatic/kafka';
import { assignPartitions } from './cooperative.assignor.js';
import {
  type Assignment,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  PROTOCOL,
  PROTOCOL_TYPE,
} from './group.protocol.js';
import { KAFKA, kafkaCode } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';

const ANSWER_MARGIN_MS = 3_000;
/** Whoever leaves does not wait for long: without a word the group notices after a session. */
const LEAVE_MS = 1_000;

/** A group, and what its members agree on. */
export interface GroupOptions {
  readonly group: string;
  readonly topic: string;
  readonly partitions: number;
  /** The id of this instance. */
  readonly instance: string;
  /** After so long without a sign of life the group gives a member up. */
  readonly sessionMs: number;
  /** How long the group waits for its members to answer a rebalance. */
  readonly rebalanceMs: number;
}

/** What an error means for the membership: it goes on, it has to join again, or it is over; else it is no answer. */
export type Verdict = 'join' | 'over' | undefined;

/** What a member asks of the broker that coordinates its group, under the name that the group gave it. */
export class GroupSession {
  private memberId = '';
  private generation = -1;
  private node = -1;

  constructor(
    private readonly link: KafkaLink,
    private readonly options: GroupOptions,
  ) {}

  /** What says to the group who commits. */
  get identity(): { readonly memberId: string; readonly generation: number } {
    return { memberId: this.memberId, generation: this.generation };
  }

  /** Finds the broker that coordinates the group now. */
  async locate(withinMs?: number): Promise<void> {
    this.node = await this.link.coordinator(this.options.group, withinMs);
  }

  /**
   * Joins, and waits until all others have; if the group makes this member its leader, it divides the partitions.
   * @param held by the generation before @param onSync called when the request is sent whose answer is the assignment
   */
  async join(held: readonly number[], onSync: () => void): Promise<Assignment> {
    const { group, topic, instance, sessionMs, rebalanceMs } = this.options;
    const metadata = encodeSubscription(topic, { instance, generation: this.generation, held });
    const protocols = [{ name: PROTOCOL, metadata }];
    const withinMs = rebalanceMs + sessionMs + ANSWER_MARGIN_MS;
    const joined = await this.link.ask(
      this.node,
      joinGroupV7,
      [group, sessionMs, rebalanceMs, this.memberId, null, PROTOCOL_TYPE, protocols],
      withinMs,
    );
    this.memberId = joined.memberId ?? '';
    const assignments = joined.leader === this.memberId ? this.divide(joined.members) : [];
    onSync();
    const { assignment } = await this.link.ask(
      this.node,
      syncGroupV5,
      [group, joined.generationId, this.memberId, null, PROTOCOL_TYPE, PROTOCOL, assignments],
      withinMs,
    );
    this.generation = joined.generationId;
    return decodeAssignment(assignment);
  }

  /** Gives a sign of life. @returns whether the group rebalances, so that this member has to join again */
  async beat(): Promise<boolean> {
    const { group } = this.options;
    try {
      await this.link.ask(this.node, heartbeatV4, [group, this.generation, this.memberId, null]);
      return false;
    } catch (error) {
      if (kafkaCode(error) === KAFKA.REBALANCE_IN_PROGRESS) return true;
      throw error;
    }
  }

  /** Lets the group know that this member is none any more, if it can be told. */
  async leave(): Promise<void> {
    if (this.memberId === '') return;
    const { group } = this.options;
    const members = [{ memberId: this.memberId }];
    await this.locate(LEAVE_MS)
      .then(() => this.link.ask(this.node, leaveGroupV4, [group, members], LEAVE_MS))
      .catch(() => undefined);
  }

  /** What an answer to a request means; the next join is made accordingly. */
  judge(error: unknown): Verdict {
    switch (kafkaCode(error)) {
      case KAFKA.MEMBER_ID_REQUIRED:
        this.memberId = (error as { response: joinGroupV7.JoinGroupResponse }).response.memberId ?? '';
        return 'join';
      case KAFKA.REBALANCE_IN_PROGRESS:
        return 'join';
      case KAFKA.UNKNOWN_MEMBER_ID:
        this.memberId = '';
        this.generation = -1;
        return 'over';
      case KAFKA.ILLEGAL_GENERATION:
        this.generation = -1;
        return 'over';
      case undefined:
      default:
        return undefined;
    }
  }

  private divide(members: joinGroupV7.JoinGroupResponseMember[]): syncGroupV5.SyncGroupRequestAssignment[] {
    const { topic, partitions } = this.options;
    const candidates = members.map(({ memberId, metadata }) => ({
      memberId,
      ...decodeSubscription(metadata),
    }));
    const instances = [...new Set(candidates.map(({ instance }) => instance))].toSorted();
    return [...assignPartitions(candidates, partitions)].map(([memberId, share]) => ({
      memberId,
      assignment: encodeAssignment(topic, { partitions: share, instances }),
    }));
  }
}
