import { heartbeatV4, joinGroupV7, leaveGroupV4, syncGroupV5 } from '@platformatic/kafka';
import type { Logger } from '@nestjs/common';
import type { CancelTimer, Clock } from '@vitals/core/time';
import type { MemberOptions, Membership } from '../cluster-log.js';
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
import { type Holding, HeldPartitions } from './held.partitions.js';
import { KAFKA, kafkaCode } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';
import { Patience } from './kafka.patience.js';

/** A leader does not sync for longer than its session, and the others wait for it. */
const ANSWER_MARGIN_MS = 3_000;
const LEAVE_MS = 2_000;

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
  readonly heartbeatMs: number;
}

/**
 * A member of a consumer group by the classic protocol, with cooperative rebalancing: while the group rebalances a
 * member goes on with what it holds, and lets go only what the new assignment does not have.
 *
 * 1. Join, with what is held, by which generation. Whoever the group makes its leader divides the partitions.
 * 2. Sync: the assignment, and with it the ids of all members.
 * 3. Let go of what is not in it, and join again when that is done: only then it has another holder. Take what is new.
 * 4. Heartbeats go on meanwhile. One that is answered "rebalance" leads to 1; "unknown" or "old" means that everything
 *    is lost, and this instance begins as a new member, holding nothing.
 * 5. What is held is lost too when no heartbeat was answered for a session, for then the group may have given it away.
 */
export class KafkaMember implements Membership {
  members: readonly string[] = [];
  private readonly held: HeldPartitions;
  private readonly patience: Patience;
  private memberId = '';
  private generation = -1;
  private mustJoin = true;
  /** Whether the handlers of the last assignment are at work. */
  private isBusy = false;
  private isLeaving = false;
  private node: number | undefined;
  private wake: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private following: Promise<void> | undefined;

  /** @param link of this member alone, which ends with it */
  constructor(
    private readonly link: KafkaLink,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly options: GroupOptions,
    private readonly handlers: Pick<MemberOptions, 'onAssigned' | 'onRevoked' | 'onLost' | 'onMembers'>,
  ) {
    this.patience = new Patience(clock, logger, `this instance is a member of ${options.group}`);
    this.held = new HeldPartitions(clock, options.sessionMs, (partitions) => {
      this.mustJoin = true;
      logger.warn(
        `${options.group} has given this instance up, or may have: ${partitions.length} partitions are lost`,
      );
      this.handlers.onLost(partitions);
    });
  }

  start(): this {
    this.running = this.run();
    return this;
  }

  holds(partition: number): boolean {
    return this.holding(partition) !== undefined;
  }

  holding(partition: number): Holding | undefined {
    return this.held.of(partition);
  }

  /** What says to the group who commits. */
  get identity(): { readonly memberId: string; readonly generation: number } {
    return { memberId: this.memberId, generation: this.generation };
  }

  async leave(): Promise<void> {
    if (this.isLeaving) return;
    this.isLeaving = true;
    const { partitions } = this.held;
    if (partitions.length > 0) await this.handle(() => this.handlers.onRevoked(partitions));
    this.held.letGo(partitions);
    this.patience.end();
    // a join that waits for others would hold up what is asked behind it
    this.link.reset();
    this.wake();
    await this.running;
    if (this.memberId !== '' && this.node !== undefined)
      await this.link
        .coordinator(this.options.group)
        .then((node) =>
          this.link.ask(node, leaveGroupV4, [this.options.group, [{ memberId: this.memberId }]], LEAVE_MS),
        )
        .catch(() => undefined);
    this.held.lose();
    this.link.close();
  }

  private async run(): Promise<void> {
    while (!this.isLeaving)
      await this.patience.attempt(() => this.takePart().catch((error) => this.judge(error)));
  }

  /** Is a member until the next join is due. */
  private async takePart(): Promise<void> {
    this.node = await this.link.coordinator(this.options.group);
    if (this.mustJoin) {
      await this.following;
      await this.join(this.node);
    }
    while (!this.isLeaving && (this.isBusy || !this.mustJoin)) {
      await this.rest(this.options.heartbeatMs);
      if (!this.isLeaving && (this.isBusy || !this.mustJoin)) await this.beat(this.node);
    }
  }

  private async join(node: number): Promise<void> {
    const { group, topic, instance, sessionMs, rebalanceMs } = this.options;
    const held = this.held.partitions;
    const metadata = encodeSubscription(topic, { instance, generation: this.generation, held });
    const protocols = [{ name: PROTOCOL, metadata }];
    const joined = await this.link.ask(
      node,
      joinGroupV7,
      [group, sessionMs, rebalanceMs, this.memberId, null, PROTOCOL_TYPE, protocols],
      rebalanceMs + sessionMs + ANSWER_MARGIN_MS,
    );
    this.memberId = joined.memberId ?? '';
    const isLeader = joined.leader === this.memberId;
    const assignments = isLeader ? this.divide(joined.members) : [];
    const sentMs = this.clock.monotonicMs();
    const { assignment } = await this.link.ask(
      node,
      syncGroupV5,
      [group, joined.generationId, this.memberId, null, PROTOCOL_TYPE, PROTOCOL, assignments],
      rebalanceMs + sessionMs + ANSWER_MARGIN_MS,
    );
    this.generation = joined.generationId;
    this.mustJoin = false;
    this.held.renew(sentMs);
    this.isBusy = true;
    this.following = this.follow(decodeAssignment(assignment)).finally(() => {
      this.isBusy = false;
      this.wake();
    });
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

  private async follow({ partitions, instances }: Assignment): Promise<void> {
    const { generation } = this;
    const before = this.held.partitions;
    const revoked = before.filter((partition) => !partitions.includes(partition));
    const added = partitions.filter((partition) => !before.includes(partition));
    if (instances.join('\n') !== this.members.join('\n')) {
      this.members = instances;
      await this.handle(() => this.handlers.onMembers?.(instances));
    }
    if (revoked.length > 0) {
      await this.handle(() => this.handlers.onRevoked(revoked));
      this.held.letGo(revoked);
      this.mustJoin = true;
    }
    // what was lost meanwhile comes with an assignment of its own
    if (!this.held.isCertain || this.generation !== generation) this.mustJoin = true;
    else if (added.length > 0 && !this.isLeaving) await this.take(added);
  }

  private async take(added: readonly number[]): Promise<void> {
    this.held.take(added);
    await this.handle(() => this.handlers.onAssigned(added));
  }

  private async handle(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error(`${this.options.group}: ${(error as Error).stack}`);
    }
  }

  private async beat(node: number): Promise<void> {
    const sentMs = this.clock.monotonicMs();
    const { group } = this.options;
    try {
      await this.link.ask(node, heartbeatV4, [group, this.generation, this.memberId, null]);
    } catch (error) {
      if (kafkaCode(error) !== KAFKA.REBALANCE_IN_PROGRESS) throw error;
      this.mustJoin = true;
    }
    this.held.renew(sentMs);
  }

  /** What an error means for the membership; those that are no fault are answered at once. */
  private judge(error: unknown): void {
    const code = kafkaCode(error);
    if (code === undefined || this.isLeaving) throw error;
    switch (code) {
      case KAFKA.MEMBER_ID_REQUIRED:
        this.memberId = (error as { response: joinGroupV7.JoinGroupResponse }).response.memberId ?? '';
        return;
      case KAFKA.REBALANCE_IN_PROGRESS:
        this.mustJoin = true;
        return;
      case KAFKA.UNKNOWN_MEMBER_ID:
      case KAFKA.ILLEGAL_GENERATION:
        this.memberId = code === KAFKA.UNKNOWN_MEMBER_ID ? '' : this.memberId;
        this.generation = -1;
        this.mustJoin = true;
        this.held.lose();
        return;
      default:
        throw error;
    }
  }

  private rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel: CancelTimer = this.clock.after(ms, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
