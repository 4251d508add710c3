import type { Logger } from '@nestjs/common';
import type { Clock } from '@vitals/core/time';
import type { MemberOptions, Membership } from '../cluster-log.js';
import type { Assignment } from './group.protocol.js';
import { type GroupOptions, GroupSession } from './group.session.js';
import { type Holding, HeldPartitions } from './held.partitions.js';
import type { KafkaLink } from './kafka.link.js';
import { Patience } from './kafka.patience.js';

/** How often a member gives a sign of life, and notices that the group rebalances. */
const HEARTBEAT_MS = 500;

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
  private readonly session: GroupSession;
  private readonly held: HeldPartitions;
  private readonly patience: Patience;
  private mustJoin = true;
  /** Whether the handlers of the last assignment are at work; until they are done there is no other. */
  private isBusy = false;
  private isLeaving = false;
  /** How often everything was lost. */
  private losses = 0;
  private wake: () => void = () => undefined;
  private running: Promise<void> | undefined;

  /** @param link of this member alone, which ends with it */
  constructor(
    private readonly link: KafkaLink,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly options: GroupOptions,
    private readonly handlers: Pick<MemberOptions, 'onAssigned' | 'onRevoked' | 'onLost' | 'onMembers'>,
  ) {
    const { group, sessionMs } = options;
    this.session = new GroupSession(link, options);
    this.patience = new Patience(clock, logger, `this instance is a member of ${group}`);
    this.held = new HeldPartitions(clock, sessionMs, (partitions) => {
      this.mustJoin = true;
      this.losses++;
      const count = `${partitions.length} partitions are lost`;
      logger.warn(`${group} has given this instance up, or may have: ${count}`);
      handlers.onLost(partitions);
    });
  }

  start(): void {
    this.running ??= this.run();
  }

  holds(partition: number): boolean {
    return this.holding(partition) !== undefined;
  }

  /** The time of holding a partition; `undefined` if it is not certainly held. */
  holding(partition: number): Holding | undefined {
    return this.held.of(partition);
  }

  /** What says to the group who commits. */
  get identity(): GroupSession['identity'] {
    return this.session.identity;
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
    await this.session.leave();
    this.held.lose();
    this.link.close();
  }

  private async run(): Promise<void> {
    while (!this.isLeaving)
      await this.patience.attempt(() => this.takePart().catch((error) => this.judge(error)));
  }

  /** Is a member until the next join is due. */
  private async takePart(): Promise<void> {
    await this.session.locate();
    if (this.mustJoin) {
      while (this.isBusy && !this.isLeaving) await this.rest();
      if (!this.isLeaving) await this.join();
    }
    while (!this.isLeaving && (this.isBusy || !this.mustJoin)) {
      await this.rest();
      if (!this.isLeaving && (this.isBusy || !this.mustJoin)) await this.beat();
    }
  }

  private async join(): Promise<void> {
    let sentMs = 0;
    const assignment = await this.session.join(
      this.held.partitions,
      () => (sentMs = this.clock.monotonicMs()),
    );
    this.mustJoin = false;
    this.held.renew(sentMs);
    this.isBusy = true;
    void this.adopt(assignment).finally(() => {
      this.isBusy = false;
      this.wake();
    });
  }

  private async beat(): Promise<void> {
    const sentMs = this.clock.monotonicMs();
    if (await this.session.beat()) this.mustJoin = true;
    this.held.renew(sentMs);
  }

  private async adopt({ partitions, instances }: Assignment): Promise<void> {
    const { losses } = this;
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
    if (this.losses > losses || !this.held.isCertain) this.mustJoin = true;
    else if (added.length > 0 && !this.isLeaving) {
      this.held.take(added);
      await this.handle(() => this.handlers.onAssigned(added));
    }
  }

  private async handle(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error(`${this.options.group}: ${(error as Error).stack}`);
    }
  }

  /** Those errors that are no fault are answered at once. */
  private judge(error: unknown): void {
    const verdict = this.isLeaving ? undefined : this.session.judge(error);
    if (verdict === undefined) throw error;
    this.mustJoin = true;
    if (verdict === 'over') this.held.lose();
  }

  /** Until the next heartbeat is due, or there is something to do. */
  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(HEARTBEAT_MS, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
