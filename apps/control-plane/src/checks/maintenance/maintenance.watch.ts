import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { AtShutdown } from '../../shutdown/stages.js';
import type { Check } from '../check.js';
import { type CheckChanged, CheckDirectory } from '../check.directory.js';
import { CheckRecorder } from '../check.recorder.js';
import { type Maintenance, openUntilMs } from './maintenance.window.js';

/** How often all windows are looked at, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

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
    private readonly recorder: CheckRecorder,
    private readonly clock: Clock,
  ) {}

  /** The checks of before the restart are there by now; no window that opened or ended meanwhile is missed. */
  onApplicationBootstrap(): void {
    const nowMs = this.clock.wallMs();
    for (const check of this.directory.all()) this.look(check, nowMs);
    this.directory.changed.subscribe((change) => this.onChange(change));
  }

  @AtShutdown('stop-judging')
  stop(): void {
    this.stopped = true;
    this.cancelWaking();
  }

  /** Opens and ends what is due. */
  @Interval('maintenance-windows', LOOK_EVERY_MS)
  lookAtAll(): void {
    const nowMs = this.clock.wallMs();
    this.cancelWaking();
    this.wakesAtMs = Infinity;
    for (const [check, found] of this.found) {
      if (isStill(found, nowMs) && isIn(check) === found.open) this.wakeAt(found.changesAtMs, nowMs);
      else this.look(check, nowMs);
    }
  }

  private onChange({ check, what }: CheckChanged): void {
    if (what === 'judged') return;
    this.found.delete(check);
    // others are told that it is defined before they are told that it is in maintenance
    if (what === 'defined') queueMicrotask(() => this.look(check, this.clock.wallMs()));
  }

  private look(check: Check, nowMs: number): void {
    if (check.removed || this.stopped) return;
    const now = this.maintenanceOf(check, nowMs);
    if (check.definition.maintenance.length > 0) this.found.set(check, { ...now, atMs: nowMs });
    this.wakeAt(now.changesAtMs, nowMs);
    if (isIn(check) !== now.open) this.recorder.onMaintenance(check, now.open);
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
    if (changesAtMs === undefined || changesAtMs >= Math.min(this.wakesAtMs, nowMs + LOOK_EVERY_MS)) return;
    this.cancelWaking();
    this.wakesAtMs = changesAtMs;
    this.cancelWaking = this.clock.after(Math.ceil(changesAtMs - nowMs), () => this.lookAtAll());
  }
}

function isStill({ atMs, changesAtMs = Infinity }: Found, nowMs: number): boolean {
  return nowMs >= atMs && nowMs < changesAtMs;
}

function isIn({ state }: Check): boolean {
  return state.maintenanceSinceMs !== undefined;
}
