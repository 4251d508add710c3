import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { MaintenanceWindow } from '@vitals/core/check';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { AtShutdown } from '../../shutdown/stages.js';
import type { Check } from '../check.js';
import { type CheckChanged, CheckDirectory } from '../check.directory.js';
import { CheckJudge, type Happening } from '../check.judge.js';
import { CronSchedule } from './cron.schedule.js';

/** How often all windows are reviewed, in milliseconds. */
const REVIEW_EVERY_MS = 1_000;
/** Windows that follow each other without a gap are joined with so many looks; then one has to ask again. */
const MAX_LOOKS = 400;

/** Whether a check is in maintenance, and for how long that is certain. */
export interface Maintenance {
  readonly open: boolean;
  /**
   * Until this instant (epoch milliseconds) nothing changes; ask again then, for where one window ends another may
   * go on. `undefined`: nothing ever changes.
   */
  readonly changesAtMs: number | undefined;
}

/** What was found of a check at an instant of the wall clock. */
interface Found extends Maintenance {
  readonly atMs: number;
}

/**
 * Says when a maintenance window of a check opens or ends, to the millisecond: what is restarted on the hour must
 * not be found failing within the second after. Goes by the wall clock, which may jump: then all are looked at anew.
 */
@Injectable()
export class MaintenanceWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger('Maintenance');
  /** Checks that have windows. */
  private readonly found = new Map<Check, Found>();
  private wakesAtMs = Infinity;
  private cancelWaking: CancelTimer = () => undefined;
  private stopped = false;

  constructor(
    private readonly directory: CheckDirectory,
    private readonly judge: CheckJudge,
    private readonly clock: Clock,
  ) {}

  /** The checks of before the restart are there by now; no window that opened or ended meanwhile is missed. */
  onApplicationBootstrap(): void {
    const nowMs = this.clock.wallMs();
    for (const check of this.directory.all()) this.review(check, nowMs);
    this.directory.changed.subscribe((change) => this.onChange(change));
  }

  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
    this.cancelWaking();
  }

  /** Opens and ends what is due. */
  @Interval('maintenance-windows', REVIEW_EVERY_MS)
  reviewAll(): void {
    const nowMs = this.clock.wallMs();
    this.cancelWaking();
    this.wakesAtMs = Infinity;
    for (const [check, found] of this.found) {
      if (isStill(found, nowMs) && isIn(check) === found.open) this.wakeAt(found.changesAtMs, nowMs);
      else this.review(check, nowMs);
    }
  }

  private onChange({ check, what }: CheckChanged): void {
    if (what === 'judged') return;
    this.found.delete(check);
    // others are told that it is defined before they are told that it is in maintenance
    if (what === 'defined') queueMicrotask(() => this.review(check, this.clock.wallMs()));
  }

  private review(check: Check, nowMs: number): void {
    if (check.removed || this.stopped) return;
    const now = this.maintenanceOf(check, nowMs);
    if (check.definition.maintenance.length > 0) this.found.set(check, { ...now, atMs: nowMs });
    this.wakeAt(now.changesAtMs, nowMs);
    if (isIn(check) !== now.open) void this.turn(check);
  }

  /** Opens or ends what is due when its turn comes; what cannot be written is found again by the next review. */
  private async turn(check: Check): Promise<void> {
    const turned = (): Happening | undefined => {
      if (check.removed || this.stopped) return undefined;
      const { open } = this.maintenanceOf(check, this.clock.wallMs());
      return isIn(check) === open ? undefined : { kind: 'maintenance', check, open };
    };
    await this.judge
      .judge(check.id, turned, 'owner')
      .catch((error: unknown) => this.logger.warn(`the maintenance of ${check.id} waits: ${String(error)}`));
  }

  /** A window that this version of Node cannot read any more (time zones are renamed) must not stop the others. */
  private maintenanceOf({ id, definition }: Check, nowMs: number): Maintenance {
    try {
      return openUntilMs(definition.maintenance, nowMs);
    } catch (error) {
      this.logger.error(`the maintenance windows of ${id} are ignored, define it again: ${String(error)}`);
      return { open: false, changesAtMs: undefined };
    }
  }

  /** What changes before the next look is not kept waiting for it. */
  private wakeAt(changesAtMs: number | undefined, nowMs: number): void {
    if (changesAtMs === undefined || changesAtMs >= Math.min(this.wakesAtMs, nowMs + REVIEW_EVERY_MS)) return;
    this.cancelWaking();
    this.wakesAtMs = changesAtMs;
    this.cancelWaking = this.clock.after(Math.ceil(changesAtMs - nowMs), () => this.reviewAll());
  }
}

function isStill({ atMs, changesAtMs = Infinity }: Found, nowMs: number): boolean {
  return nowMs >= atMs && nowMs < changesAtMs;
}

function isIn({ state }: Check): boolean {
  return state.maintenanceSinceMs !== undefined;
}

/** Whether one of the windows is open at `atMs` (epoch milliseconds). They may overlap. */
export function openUntilMs(windows: readonly MaintenanceWindow[], atMs: number): Maintenance {
  let endMs = atMs;
  for (let looks = 0, before = Number.NaN; endMs !== before && looks < MAX_LOOKS; looks += windows.length) {
    before = endMs;
    for (const window of windows) endMs = Math.max(endMs, endOf(window, endMs) ?? endMs);
  }
  if (endMs > atMs) return { open: true, changesAtMs: endMs };
  const starts = windows.map((window) => nextStartOf(window, atMs)).filter((start) => start !== undefined);
  return { open: false, changesAtMs: starts.length === 0 ? undefined : Math.min(...starts) };
}

/** Where the window ends that is open at `atMs`; `undefined` if none is. */
function endOf(window: MaintenanceWindow, atMs: number): number | undefined {
  if (window.kind === 'cron') return endOfCron(window, atMs);
  return window.startMs <= atMs && atMs < window.endMs ? window.endMs : undefined;
}

/** Where one begins again before it ends, goes by the last beginning: those that begin often are joined at once. */
function endOfCron(window: Extract<MaintenanceWindow, { kind: 'cron' }>, atMs: number): number | undefined {
  const { expression, timeZone, durationMs } = window;
  const beganMs = CronSchedule.of(expression, timeZone).lastMs(atMs);
  return beganMs !== undefined && beganMs + durationMs > atMs ? beganMs + durationMs : undefined;
}

function nextStartOf(window: MaintenanceWindow, atMs: number): number | undefined {
  if (window.kind === 'cron') return CronSchedule.of(window.expression, window.timeZone).nextMs(atMs);
  return window.startMs > atMs && window.startMs < window.endMs ? window.startMs : undefined;
}
