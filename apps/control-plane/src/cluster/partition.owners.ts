import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  advanceOwnership,
  awayFrom,
  type Ownership,
  type OwnershipEffect,
  type OwnershipEvent,
  PartitionEpochs,
  type PartitionTaken,
  type Stamp,
  stampOf,
} from '@vitals/core/cluster';
import { Clock } from '@vitals/core/time';
import { Subject } from 'rxjs';
import { ChangeFollower } from '../database/change.follower.js';
import { Database } from '../database/database.js';
import { DelayLog } from '../database/delay.log.js';
import { Feed } from '../database/feed.js';
import { Journal } from '../database/journal.js';
import { AtShutdown } from '../shutdown/stages.js';
import { Instance } from './cluster.identity.js';
import { ClusterLog, type Membership } from './cluster-log.js';
import { PARTITIONS, partitionTaken } from './cluster.rows.js';
import { FollowedPartitions } from './followed.partitions.js';
import { OwnedPartitions } from './owned.partitions.js';

/** An epoch that the store did not give is asked for again after so long, in milliseconds. */
const RETRY_MS = 1_000;
/** How often it is looked whether this instance can read what is committed, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** It leaves its partitions to others when its memory is older than this, and comes back when it is younger than that. */
const ASIDE_AFTER_MS = 10_000;
const BACK_BELOW_MS = 2_000;
/** One of two owners learns within so long, of the group, that it is none: its session, in milliseconds. */
const CONTEST_MS = 6_000;

/**
 * Which partitions this instance owns: those that the group of owners assigned to it, once it has raised their epoch. The
 * rules are `advanceOwnership`; this carries them out.
 */
@Injectable()
export class PartitionOwners extends OwnedPartitions implements OnModuleInit {
  private readonly logger = new Logger('Cluster');
  private readonly delay = new DelayLog(this.logger, 'partitions wait to be taken');
  private readonly epochs = new PartitionEpochs();
  private readonly changedSubject = new Subject<number>();
  private ownerships: readonly Ownership[];
  private membership: Membership | undefined;
  private isAside = false;
  private isEnding = false;

  readonly changed = this.changedSubject.asObservable();

  constructor(
    private readonly log: ClusterLog,
    private readonly instance: Instance,
    private readonly followed: FollowedPartitions,
    private readonly database: Database,
    private readonly journal: Journal,
    private readonly follower: ChangeFollower,
    private readonly clock: Clock,
    feed: Feed,
  ) {
    super();
    this.ownerships = Array.from({ length: log.partitions }, (_, partition) => awayFrom(partition));
    feed.on(partitionTaken, (taken) => this.onTaken(taken));
  }

  /** @throws VitalsError `store-unavailable` */
  async onModuleInit(): Promise<void> {
    for (const taken of await this.database.select(PARTITIONS)) this.epochs.apply(taken);
  }

  /** Joins the group of owners. Others count on this instance from here on, so it must be able to take heartbeats. */
  begin(): void {
    this.join();
    this.clock.after(LOOK_EVERY_MS, () => this.look());
  }

  private join(): void {
    this.membership = this.log.join('owners', 'scheduler', {
      onAssigned: (partitions) => this.advanceAll(partitions, { kind: 'assigned' }),
      onRevoked: (partitions) => this.advanceAll(partitions, { kind: 'revoked' }),
      onLost: (partitions) => this.advanceAll(partitions, { kind: 'lost' }),
      onMembers: (members) => this.followed.onMembers(new Set(members)),
    });
  }

  /** Others take over at once. */
  @AtShutdown('stop-judging')
  async leave(): Promise<void> {
    this.isEnding = true;
    await this.membership?.leave();
  }

  get count(): number {
    return this.log.partitions;
  }

  /** Those that the group knows; none before this one is among them. */
  get members(): readonly string[] {
    return this.membership?.members ?? [];
  }

  /** The partitions that this instance owns. */
  get owned(): readonly number[] {
    return this.ownerships.filter(({ phase }) => phase === 'judging').map(({ partition }) => partition);
  }

  /** Who took a partition last; `undefined` if nobody ever did. */
  ownerOf(partition: number): PartitionTaken | undefined {
    const instance = this.epochs.ownerOf(partition);
    return instance === undefined
      ? undefined
      : { partition, epoch: this.epochs.epochOf(partition), instance };
  }

  stampOf(partition: number): Stamp | undefined {
    return stampOf(this.ownerships[partition] as Ownership);
  }

  /** Also not of an ownership that this instance knows to be over. */
  isNewest(stamp: Stamp): boolean {
    return this.epochs.mayCommit(stamp) && this.stampOf(stamp.partition)?.epoch === stamp.epoch;
  }

  mayExecute(stamp: Stamp): boolean {
    return this.epochs.mayExecute(stamp);
  }

  /** Who cannot read what is committed can decide nothing: it leaves its partitions to those who can, until it can again. */
  private look(): void {
    if (this.isEnding) return;
    this.clock.after(LOOK_EVERY_MS, () => this.look());
    const { lagMs } = this.follower;
    if (this.isAside && lagMs < BACK_BELOW_MS) {
      this.isAside = false;
      this.logger.log('the database can be read again');
      this.join();
    } else if (!this.isAside && lagMs > ASIDE_AFTER_MS && this.followed.canOthersRead(this.instance.id)) {
      this.isAside = true;
      this.logger.warn('others can read the database, and this instance cannot: they take its partitions');
      void this.membership?.leave();
    }
  }

  private onTaken(taken: PartitionTaken): void {
    this.epochs.apply(taken);
    const { partition, epoch, instance } = taken;
    this.advance(partition, { kind: 'taken', epoch, isOwn: instance === this.instance.id });
  }

  private advanceAll(partitions: readonly number[], event: OwnershipEvent): void {
    for (const partition of partitions) this.advance(partition, event);
  }

  private advance(partition: number, event: OwnershipEvent): void {
    const before = this.stampOf(partition)?.epoch;
    const { ownership, effects } = advanceOwnership(this.ownerships[partition] as Ownership, event);
    this.ownerships = this.ownerships.with(partition, ownership);
    for (const effect of effects) this.carryOut(partition, effect);
    if (this.stampOf(partition)?.epoch !== before) this.changedSubject.next(partition);
  }

  private carryOut(partition: number, effect: OwnershipEffect): void {
    switch (effect.kind) {
      case 'raise-epoch':
        return void this.raise(partition, effect.request);
      case 'raise-later':
        return this.raiseLater(partition, effect.request);
      case 'rebuild':
        this.followed.rebuild(partition);
        return this.advance(partition, { kind: 'rebuilt', epoch: effect.epoch });
      case 'drop-decisions':
        // they are fenced by a stamp that is over
        return;
      default:
        return effect satisfies never;
    }
  }

  private async raise(partition: number, request: number): Promise<void> {
    let epoch = 0;
    try {
      await this.journal.commitWithin(() => {
        const taken = this.epochs.raise(partition, this.instance.id);
        epoch = taken.epoch;
        return [partitionTaken(taken)];
      });
      this.delay.succeeded();
      this.advance(partition, { kind: 'raised', request, epoch });
    } catch (error) {
      this.delay.failed(error);
      this.advance(partition, { kind: 'raise-failed', request });
    }
  }

  private raiseLater(partition: number, request: number): void {
    const isContested = this.ownerships[partition]?.phase === 'contested';
    this.clock.after(isContested ? CONTEST_MS : RETRY_MS, () => {
      const isOurs = this.membership?.holds(partition) ?? false;
      if (isOurs) this.advance(partition, { kind: 'retry', request });
      else if (this.ownerships[partition]?.request === request) this.raiseLater(partition, request);
    });
  }
}
