import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { ClusterLog, type Following, type ReadRecord } from '../../cluster/cluster-log.js';
import { FollowedPartitions } from '../../cluster/followed.partitions.js';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import { Feed } from '../../database/feed.js';
import { ReadAge } from '../../database/read.age.js';
import { providersDecided, providersReported } from '../../providers/provider.changes.js';
import { ProviderDirectory } from '../../providers/provider.directory.js';
import type { Provider } from '../../providers/provider.js';
import type { StoredReport } from '../../providers/provider.rows.js';
import { AtShutdown } from '../../shutdown/stages.js';
import { isInOrder } from '../beat.receiver.js';
import { type BeatRecord, type LoggedBeat, readBeatRecord } from './beat.record.js';
import { HeardBuffer } from './heard.buffer.js';
import { UnwrittenReturns } from './unwritten.returns.js';

/** How often it is looked whether the log was read to its end, in milliseconds. */
const LOOK_MS = 50;

/** Reads the heartbeats of all instances from the log, and applies them, and what was committed, to the leases. */
@Injectable()
export class FollowedHeartbeats {
  private readonly logger = new Logger('Heartbeats');
  private readonly byKey = new Map<number, Provider>();
  private following: Following | undefined;
  private isStopped = false;
  /** Of each partition, since when everything is read that was in the log then; before that, what the database had. */
  private readonly readAsOfMs: number[];

  constructor(
    private readonly log: ClusterLog,
    private readonly directory: ProviderDirectory,
    private readonly partitions: FollowedPartitions,
    private readonly owned: OwnedPartitions,
    private readonly heard: HeardBuffer,
    private readonly returns: UnwrittenReturns,
    private readonly clock: Clock,
    readAge: ReadAge,
    feed: Feed,
  ) {
    this.readAsOfMs = partitions.all.map(() => clock.monotonicMs());
    readAge.add(() => this.lagMs);
    directory.changed.subscribe((provider) => {
      if (!provider.removed) return void this.byKey.set(provider.key, provider);
      this.byKey.delete(provider.key);
      this.returns.forget(provider);
    });
    feed.on(providersDecided, (transitions) => {
      for (const { key, to } of transitions) this.applyDecided(key, to as 'Available');
    });
    feed.on(providersReported, (reports) => {
      for (const report of reports) this.applyReported(report);
    });
  }

  /** Reads the log from its end on; resolves once everything is read that was there then. */
  async follow(): Promise<void> {
    this.following = await this.log.follow('heartbeats', {
      from: 'end',
      onRecords: (partition, records) => this.onRecords(partition, records),
      onGap: (partition, from, to) => this.onGap(partition, from, to),
    });
    for (const partition of this.partitions.all.keys()) await this.catchUp(partition);
  }

  @AtShutdown('checkpoint')
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.following?.stop();
  }

  /** How old the heartbeats are that this instance has read, in milliseconds. It grows while it is behind. */
  get lagMs(): number {
    for (const partition of this.partitions.all.keys()) this.noteProgress(partition);
    return this.clock.monotonicMs() - Math.min(...this.readAsOfMs);
  }

  private noteProgress(partition: number): void {
    const progress = this.following?.progress(partition);
    if (progress?.lag === 0) this.readAsOfMs[partition] = progress.asOfMs;
  }

  private async catchUp(partition: number): Promise<void> {
    while (!this.isStopped && this.following?.progress(partition)?.lag !== 0)
      await new Promise<void>((resolve) => void this.clock.after(LOOK_MS, resolve));
    this.partitions.get(partition).onCaughtUp();
  }

  private onRecords(partition: number, records: readonly ReadRecord[]): void {
    this.noteProgress(partition);
    for (const { offset, value } of records) {
      const record = readBeatRecord(value);
      if (typeof record === 'string')
        this.logger.error(
          `skipped a record of heartbeats, partition ${partition}, offset ${offset}: ${record}`,
        );
      else this.onRecord(partition, record);
    }
  }

  private onRecord(partition: number, record: BeatRecord): void {
    const { instance, sentMs, beats, hasRefused, isBehind, isLast } = record;
    this.partitions.noteStanding(instance, isBehind);
    const followed = this.partitions.get(partition);
    const isOwned = this.owned.stampOf(partition) !== undefined;
    const read: Provider[] = [];
    for (const beat of beats) {
      const provider = this.byKey.get(beat.key);
      if (provider?.lease.partition !== partition) continue;
      const isNews = provider.lease.recovered || provider.behind;
      followed.onBeat(provider.lease, beat.toldMs, instance);
      note(provider, beat);
      if (isOwned) {
        this.heard.touch(provider);
        read.push(provider);
      }
      if (isNews) this.noteChange(provider);
    }
    if (isOwned) this.returns.note(partition, read);
    if (isLast) followed.onFarewell(instance);
    else followed.onWatermark(instance, sentMs, hasRefused);
  }

  /** Heartbeats may have been among what cannot be read: every lease gets a full deadline. */
  private onGap(partition: number, from: number, to: number): void {
    this.logger.error(
      `heartbeats of partition ${partition} cannot be read any more, from offset ${from} to before ${to}: its providers get a full deadline`,
    );
    this.partitions.rebuild(partition);
  }

  private applyDecided(key: number, to: 'Available' | 'Unavailable'): void {
    const provider = this.byKey.get(key);
    if (!provider) return;
    this.partitions.leases.copyOf(provider.lease).apply(provider.lease, to);
    this.noteChange(provider);
  }

  private applyReported({ key, phase, reportedAtMs, heardAtMs, advertisedMs }: StoredReport): void {
    const provider = this.byKey.get(key);
    if (!provider) return;
    this.partitions.leases.copyOf(provider.lease).applyAdvertised(provider.lease, advertisedMs);
    provider.phase = phase;
    if (reportedAtMs !== undefined) provider.reportedAtMs = reportedAtMs;
    if (heardAtMs !== undefined) provider.heardAtMs = Math.max(provider.heardAtMs ?? 0, heardAtMs);
    this.noteChange(provider);
  }

  private noteChange(provider: Provider): void {
    provider.trusted = false;
    this.directory.noteChange(provider);
  }
}

function note(provider: Provider, { reportedAtMs, heardAtMs }: LoggedBeat): void {
  if (isInOrder(provider.reportedAtMs, reportedAtMs)) provider.reportedAtMs = reportedAtMs;
  provider.heardAtMs = heardAtMs;
  provider.clockSkewMs = reportedAtMs - heardAtMs;
}
