import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { excuseSilence, frequencyMs, nextRunMs, type ScheduledTask } from '@vitals/core/check';
import { RunningClock } from '@vitals/core/time';
import { ClusterLog, type Delivery, type Membership } from '../../cluster/cluster-log.js';
import { OwnedPartitions } from '../../cluster/owned.partitions.js';
import { AtShutdown } from '../../shutdown/stages.js';
import type { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { type Admission, type CommandHandler, CommandSource } from '../execution/task.scheduler.js';
import { dueMs, originOf } from './check.command.js';
import { CommandAges } from './command.ages.js';
import { HeardSince } from './heard.since.js';

/** How often the group is told what was taken, in milliseconds. */
const COMMIT_EVERY_MS = 1_000;
/** Runs that go on are waited for so long before somebody else takes their partition, in milliseconds. */
const ENDING_MS = 3_000;

/**
 * Takes the commands of the partitions that this instance executes. Besides the rules of `CheckExecutor` a command is
 * executed only
 * 1. if it comes from an instance, and of no earlier owner of its partition than the newest that is known;
 * 2. if it has waited for less than twice its frequency, by `CommandAges`;
 * 3. if its check is due by this copy, or will be within half an interval; and if no run began here within that whose
 *    result could not be written: what a new owner sends again, or a backlog of which nobody can tell how old it is, makes
 *    no second run.
 * Commands count as taken when they came, not when they were executed: one that is lost is made up for by the next tick.
 */
@Injectable()
export class CommandConsumer extends CommandSource implements OnApplicationBootstrap {
  private readonly logger = new Logger('Checks');
  private readonly ages = new CommandAges();
  private readonly taken = new Map<number, Delivery>();
  private readonly ending = new Set<number>();
  /** When this instance began the last run of a check, on the running clock. */
  private readonly begun = new WeakMap<Check, number>();
  private handler: CommandHandler = () => undefined;
  private membership: Membership | undefined;
  private members: readonly string[] = [];
  /** What became of commands that were not executed. */
  readonly counts = { foreign: 0, fenced: 0, tooOld: 0, early: 0 };

  constructor(
    private readonly log: ClusterLog,
    private readonly directory: CheckDirectory,
    private readonly partitions: OwnedPartitions,
    private readonly heard: HeardSince,
    private readonly clock: RunningClock,
  ) {
    super();
  }

  consume(handler: CommandHandler): void {
    this.handler = handler;
  }

  onApplicationBootstrap(): void {
    this.membership = this.log.join('executors', 'health-checks', {
      onAssigned: (partitions) => partitions.forEach((partition) => this.ending.delete(partition)),
      onRevoked: (partitions) => this.letGo(partitions),
      onLost: (partitions) => partitions.forEach((partition) => this.taken.delete(partition)),
      onMembers: (members) => this.onMembers(members),
      deliver: { from: 'end', onRecords: (delivery) => this.onRecords(delivery) },
    });
  }

  /** Others take over at once. */
  @AtShutdown('stop-judging')
  async leave(): Promise<void> {
    await this.membership?.leave();
  }

  /** Tells the group what was taken; what it refuses is covered by the next time. */
  @Interval('command-offsets', COMMIT_EVERY_MS)
  async commit(): Promise<void> {
    const deliveries = [...this.taken.values()];
    this.taken.clear();
    await Promise.all(deliveries.map((delivery) => delivery.commit()));
  }

  private onRecords(delivery: Delivery): void {
    const { partition, records } = delivery;
    const isHeld = (): boolean => delivery.isHeld();
    // whoever gets it next takes what comes from here on
    if (this.ending.has(partition)) return;
    for (const { offset, value } of records) {
      const position = `health-checks, partition ${partition}, offset ${offset}`;
      const admit = (command: ScheduledTask): Admission | undefined =>
        this.admit(command, partition, position, isHeld);
      this.handler(value === undefined ? undefined : String(value), position, admit);
    }
    this.taken.set(partition, delivery);
  }

  private admit(
    command: ScheduledTask,
    partition: number,
    position: string,
    isHeld: () => boolean,
  ): Admission | undefined {
    const origin = originOf(command);
    if (!origin || this.partitions.partitionOf(command.name) !== partition) {
      this.counts.foreign++;
      this.logger.error(`skipped at ${position}: the command for ${command.name} is of no instance`);
      return undefined;
    }
    if (!this.partitions.mayExecute({ partition, epoch: origin.epoch })) return this.drop('fenced');
    const waitedMs = this.ages.waitedMs(partition, origin, this.clock.monotonicMs());
    if (waitedMs >= 2 * frequencyMs(command)) return this.drop('tooOld');
    return this.isDue(command.name) ? { waitedMs, isHeld } : this.drop('early');
  }

  private drop(why: 'fenced' | 'tooOld' | 'early'): undefined {
    this.counts[why]++;
    return undefined;
  }

  private isDue(id: string): boolean {
    const check = this.directory.find(id);
    if (!check) return true;
    const nowMs = this.clock.nowMs();
    const { state, definition, isTtl } = check;
    if (isTtl)
      return dueMs({ definition, isTtl, state: excuseSilence(state, this.heard.ms) }, nowMs) <= nowMs;
    const halfMs = definition.intervalMs / 2;
    const begunMs = this.begun.get(check);
    const isUnwritten = begunMs !== undefined && begunMs > (state.executedAtMs ?? Number.NEGATIVE_INFINITY);
    const isRecent = isUnwritten && nowMs - begunMs < halfMs;
    if (isRecent || nextRunMs(state, definition, nowMs) - nowMs > halfMs) return false;
    if (!check.run) this.begun.set(check, nowMs);
    return true;
  }

  /** Nobody else runs what still runs here. */
  private async letGo(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) this.ending.add(partition);
    await this.commit();
    const runs: Promise<unknown>[] = [];
    for (const { id, run } of this.directory.all())
      if (run && this.ending.has(this.partitions.partitionOf(id))) runs.push(run);
    const late = new Promise<void>((resolve) => void this.clock.after(ENDING_MS, resolve));
    await Promise.race([Promise.all(runs), late]);
  }

  /** What a member that is gone has heard last, or refused, nobody knows. */
  private onMembers(members: readonly string[]): void {
    if (this.members.some((member) => !members.includes(member))) this.heard.interrupt();
    this.members = members;
  }
}
