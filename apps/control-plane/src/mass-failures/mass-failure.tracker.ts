import { Injectable, Logger } from '@nestjs/common';
import {
  DEFAULT_MASS_FAILURE,
  ENDINGS,
  type GuardedKind,
  type GuardedMember,
  GuardedMembers,
  type GuardedScope,
  type MassFailure,
  type MassFailureEnding,
  massFailureText,
  scopeOf,
  type SettledMember,
  zoneOf,
} from '@vitals/core/mass-failure';
import { RunningClock } from '@vitals/core/time';
import type { HealthStatus } from '@vitals/health';
import { Subject } from 'rxjs';
import { Journal } from '../database/journal.js';
import { PassedTime } from '../database/passed-time.js';
import { Settings } from '../settings/settings.js';
import { type Follower, MassFailureDirectory } from './mass-failure.directory.js';
import { massFailuresChanged, membersSettled, type StoredMassFailure } from './mass-failure.rows.js';

/** How often it is looked whether the time of a mass failure is over, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * What is told of a mass failure: once that it began, and once either that it ended (`by` itself, by time, or with
 * that of a zone) or that an operator acknowledged it, which ends it too. The same `id` in both; `gone` members are
 * away at that time, `of` those that there are; it began at `sinceMs`, in epoch milliseconds.
 */
export type MassFailureAlarm = ReturnType<typeof alarmOf>;

function alarmOf({
  key,
  kind: subjects,
  zone,
  gone,
  of,
  beganAtMs: sinceMs,
  endedBy: by,
}: StoredMassFailure) {
  const ending = by === 'acknowledgement' ? 'acknowledged' : 'ended';
  const kind = by ? ending : 'began';
  return { id: String(key), subjects, scope: scopeOf(zone), kind, by, gone, of, sinceMs } as const;
}

/** What every tracker works with. */
@Injectable()
export class TrackerParts {
  constructor(
    readonly settings: Settings,
    readonly directory: MassFailureDirectory,
    readonly journal: Journal,
    readonly passed: PassedTime,
    readonly clock: RunningClock,
  ) {}
}

/**
 * Tells the failure of a zone, or of everything, from that of single members of one kind, and raises one alarm for
 * it. What went on before a restart goes on, and what was settled stays so.
 */
export abstract class MassFailureTracker<M extends GuardedMember>
  extends GuardedMembers<M>
  implements Follower
{
  private readonly logger = new Logger('MassFailure');
  private readonly raised = new Subject<MassFailureAlarm>();
  private readonly turned = new Subject<M>();
  private looking = false;

  /** Once when a mass failure begins, and once when it ends or is acknowledged. */
  readonly alarms = this.raised.asObservable();

  /** Members that are settled, each when its consequences wait no longer. */
  readonly turns = this.turned.asObservable();

  /** @param windowMs failures within this time count as one event, in running milliseconds */
  constructor(
    private readonly kind: GuardedKind,
    windowMs: number,
    private readonly parts: TrackerParts,
  ) {
    super({ ...DEFAULT_MASS_FAILURE, windowMs, holdMs: parts.settings.massFailureHoldMs }, parts.clock);
  }

  /** Takes the members of before the restart back, which are there by now. */
  protected recover(): void {
    const { directory, passed } = this.parts;
    const failing = directory.ongoingOf(this.kind).map(({ zone, quietSinceMs }) => {
      return { scope: scopeOf(zone), quietForMs: Math.max(0, passed.nowMs() - quietSinceMs) };
    });
    this.recoverMembers(directory.settledOf(this.kind), failing);
    directory.followBy(this.kind, this);
    this.lookLater();
  }

  /** Down while a mass failure goes on. */
  protected healthOf(status: HealthStatus): HealthStatus {
    const failures = this.guard.current().map((failure) => massFailureText(failure, this.kind));
    return failures.length === 0 ? status.up() : status.down(failures.join('; '));
  }

  /** Ends what an operator acknowledges, and with the whole fleet every zone; durable first. */
  async acknowledge(failure: StoredMassFailure): Promise<void> {
    const { directory, journal } = this.parts;
    const scope = scopeOf(failure.zone);
    const ended = scope === 'fleet' ? directory.ongoingOf(this.kind) : [failure];
    const end = { endedAtMs: this.clock.wallMs(), endedBy: 'acknowledgement' } as const;
    const failures = ended.map((one) => ({ ...one, ...this.countsOf(one), ...end }));
    const settled = { of: this.kind, members: this.settledMembers(scope) };
    await journal.commitAll([massFailuresChanged(failures), membersSettled(settled)]);
    this.release(
      ended.map(({ zone }) => scopeOf(zone)),
      'acknowledgement',
    );
  }

  settledNow(): readonly SettledMember[] {
    return this.settledMembers();
  }

  countsOf(failure: StoredMassFailure): Pick<StoredMassFailure, 'gone' | 'of'> {
    const { gone, of } = this.guard.standing(scopeOf(failure.zone)) ?? failure;
    return { gone, of };
  }

  protected onTurn(member: M): void {
    this.turned.next(member);
  }

  protected onEvents(events: readonly MassFailure[], by: MassFailureEnding): void {
    for (const event of events) {
      const failure = event.kind === 'began' ? this.begun(event) : this.ended(event, by);
      if (!failure) continue;
      const text = massFailureText(event, this.kind);
      if (event.kind === 'began') {
        this.logger.error(
          `${text}: nobody is removed, and no single notification is sent, until it ends; mass failure ${failure.key}`,
        );
      } else this.logger.warn(`${text}: the mass failure ${failure.key} ${ENDINGS[by]}`);
      this.raised.next(alarmOf(failure));
    }
    if (events.length > 0) this.keepTimes();
  }

  /** Ends mass failures whatever is away, and settles that. */
  private release(scopes: readonly GuardedScope[], by: MassFailureEnding): void {
    const ended = scopes.map((scope) => this.guard.end(scope)).filter((event) => event !== undefined);
    if (ended.length === 0) return;
    this.onEvents(ended, by);
    this.settle(scopes);
    this.parts.directory.settle(this.kind);
  }

  private begun({ scope, gone, of }: MassFailure): StoredMassFailure {
    const quietSinceMs = this.parts.passed.at(this.guard.quietSinceMs(scope) ?? 0);
    const about = { kind: this.kind, zone: zoneOf(scope), beganAtMs: this.clock.wallMs() };
    return this.parts.directory.begin({ ...about, gone, of, quietSinceMs });
  }

  private ended({ scope, gone, of }: MassFailure, by: MassFailureEnding): StoredMassFailure | undefined {
    const failure = this.parts.directory.newest(this.kind, zoneOf(scope));
    // what an operator acknowledged is durable, and applied, by now
    if (!failure || failure.endedBy) return by === 'acknowledgement' ? failure : undefined;
    const ended = { ...failure, gone, of, endedAtMs: this.clock.wallMs(), endedBy: by };
    this.parts.directory.put(ended);
    return ended;
  }

  /** Further goings put the end off: that has to last over a restart too. */
  private keepTimes(): void {
    const { directory, passed } = this.parts;
    for (const failure of directory.ongoingOf(this.kind)) {
      const runningMs = this.guard.quietSinceMs(scopeOf(failure.zone));
      if (runningMs === undefined) continue;
      const quietSinceMs = passed.at(runningMs);
      if (quietSinceMs - failure.quietSinceMs >= LOOK_EVERY_MS) directory.put({ ...failure, quietSinceMs });
    }
    this.lookLater();
  }

  private lookLater(): void {
    if (this.looking || this.guard.current().length === 0) return;
    this.looking = true;
    this.clock.after(LOOK_EVERY_MS, () => {
      this.looking = false;
      for (const scope of this.guard.overdue(this.clock.nowMs())) this.release([scope], 'time');
      this.keepTimes();
    });
  }
}
