import { Injectable, Logger } from '@nestjs/common';
import { FrontGate } from '@vitals/core/cluster';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { Instance } from '../../cluster/cluster.identity.js';
import { ClusterLog } from '../../cluster/cluster-log.js';
import { timesOf } from '../../cluster/cluster.times.js';
import { ChangeFollower } from '../../database/change.follower.js';
import { DelayLog } from '../../database/delay.log.js';
import { Settings } from '../../settings/settings.js';
import { AtShutdown } from '../../shutdown/stages.js';
import { type LoggedBeat, writeBeatRecord } from './beat.record.js';

/** Heartbeats wait so long for others of their partition, in milliseconds. */
const LINGER_MS = 100;
/** An instance whose memory is older says so, in milliseconds. */
const BEHIND_MS = 5_000;
/** Heartbeats of one record: well below what brokers take by default. */
const MAX_BEATS = 5_000;

/** What is on its way to one partition of the log. */
interface Lane {
  readonly partition: number;
  readonly gate: FrontGate;
  waiting: LoggedBeat[];
  hasRefused: boolean;
  /** When the last record was sent that the log has taken. */
  sentMs: number;
  appending: Promise<void> | undefined;
}

/**
 * Brings the heartbeats that this instance takes into the log, in records that are watermarks too. One record of a partition
 * is on its way at a time: a record proves what was sent before it, so it may not overtake one that can be lost.
 */
@Injectable()
export class HeartbeatOutbox {
  private readonly delay = new DelayLog(new Logger('Heartbeats'), 'heartbeats cannot be written to the log');
  private readonly lanes: readonly Lane[];
  private readonly watermarkMs: number;
  private timer: CancelTimer | undefined;
  private isLast = false;

  constructor(
    private readonly log: ClusterLog,
    private readonly instance: Instance,
    private readonly follower: ChangeFollower,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    const { watermarkMs, appendMs } = timesOf(settings);
    this.watermarkMs = watermarkMs;
    this.lanes = Array.from({ length: log.partitions }, (_, partition) => ({
      partition,
      gate: new FrontGate(appendMs),
      waiting: [],
      hasRefused: false,
      sentMs: Number.NEGATIVE_INFINITY,
      appending: undefined,
    }));
  }

  /** Begins with the watermarks: heartbeats are admitted once the log has taken the first one. */
  start(): void {
    if (this.isLast) return;
    this.timer = this.clock.after(LINGER_MS, () => this.start());
    for (const lane of this.lanes) this.appendDue(lane);
  }

  /** Whether a heartbeat of this partition may be taken now. */
  admit(partition: number): boolean {
    // what came after the last record, nobody would give its provider a full deadline for
    return !this.isLast && this.lane(partition).gate.admit(this.clock.monotonicMs());
  }

  /** Takes a heartbeat that was admitted. */
  add(partition: number, beat: LoggedBeat): void {
    this.lane(partition).waiting.push(beat);
  }

  /** The partitions of which no heartbeats are taken now. */
  closed(): number[] {
    const nowMs = this.clock.monotonicMs();
    return this.lanes.filter(({ gate }) => !gate.isOpen(nowMs)).map(({ partition }) => partition);
  }

  /** Heartbeats that the log does not have yet. */
  get pending(): number {
    return this.lanes.reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** Says that this instance takes no more; nothing may be added from here on. */
  @AtShutdown('stop-judging')
  async end(): Promise<void> {
    this.isLast = true;
    if (!this.timer) return;
    this.timer();
    await Promise.all(this.lanes.map((lane) => this.appendLast(lane)));
  }

  private lane(partition: number): Lane {
    return this.lanes[partition] as Lane;
  }

  private appendDue(lane: Lane): void {
    const isDue = lane.waiting.length > 0 || this.clock.monotonicMs() - lane.sentMs >= this.watermarkMs;
    if (isDue && !lane.appending)
      lane.appending = this.append(lane).finally(() => (lane.appending = undefined));
  }

  private async appendLast(lane: Lane): Promise<void> {
    await lane.appending;
    do await this.append(lane);
    while (lane.waiting.length > 0 && lane.gate.isOpen(this.clock.monotonicMs()));
  }

  private async append(lane: Lane): Promise<void> {
    const { partition, gate } = lane;
    const beats = lane.waiting.splice(0, MAX_BEATS);
    // of what is left behind it proves nothing
    const isAll = lane.waiting.length === 0;
    const sentMs = isAll ? this.clock.monotonicMs() : lane.sentMs;
    const hasRefused = gate.takeRefusal() || lane.hasRefused;
    const isLast = this.isLast && isAll;
    const isBehind = this.follower.lagMs > BEHIND_MS;
    const { id: instance } = this.instance;
    const value = writeBeatRecord({ instance, sentMs, beats, hasRefused, isBehind, isLast });
    try {
      await this.log.append('heartbeats', partition, [{ key: this.instance.id, value }]);
      lane.sentMs = sentMs;
      lane.hasRefused = false;
      gate.acknowledge(sentMs);
      this.delay.succeeded();
    } catch (error) {
      lane.waiting = [...beats, ...lane.waiting];
      lane.hasRefused = hasRefused;
      this.delay.failed(error);
    }
  }
}
