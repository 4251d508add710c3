import { Logger } from '@nestjs/common';
import { type Check, type HealthReport, summarise } from '@vitals/core/health';
import type { Clock } from '@vitals/core/time';
import type { CheckChange, HealthEvents } from '../health.events.js';
import type { ServingStatus } from '@vitals/core/grpc';
import { type ServiceCatalog, servingStatus } from './service-catalog.js';
import type { WatchStream } from './watch-stream.js';

/** How soon a service is asked about again if the app's availability changed while it was asked about. */
const AGAIN_MS = 100;

/** What a watch learns from. */
export interface WatchSources {
  readonly catalog: ServiceCatalog;
  readonly events: HealthEvents;
  readonly clock: Clock;
  /** How often a service is asked about, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Follows one service for all who watch it. Only the poll runs checks; an event of a check is applied to what the
 * poll found, because a run for each change would make a check that flaps run without a pause.
 */
export class StatusWatch {
  private readonly logger = new Logger('GrpcHealth');
  private readonly streams = new Set<WatchStream>();
  private readonly stops: (() => void)[];
  private status: ServingStatus | undefined;
  private report: HealthReport | undefined;
  /** Changes since the poll in progress began, by check; the poll may have run a check before it changed. */
  private changes: Map<string, CheckChange> | undefined;
  private again = false;
  private closed = false;
  private cancelPoll: () => void = () => undefined;

  constructor(
    private readonly service: string,
    private readonly sources: WatchSources,
  ) {
    const { events } = sources;
    this.stops = [
      events.on('check', (change) => this.onCheck(change)),
      events.on('availability', () => this.onAvailability()),
    ];
    this.poll();
  }

  get size(): number {
    return this.streams.size;
  }

  /** Tells `stream` what is known, at once or when the first poll ends, and every change from then on. */
  add(stream: WatchStream): void {
    this.streams.add(stream);
    if (this.status) stream.tell(this.status);
  }

  remove(stream: WatchStream): void {
    this.streams.delete(stream);
  }

  /** Ends polling and listening; the result of a poll in progress is dropped. */
  close(): void {
    this.closed = true;
    this.cancelPoll();
    for (const stop of this.stops) stop();
  }

  /** A check was registered, removed or replaced. */
  onRegistry({ id }: Check): void {
    if (this.counts(id) || this.sources.catalog.covers(this.service, id)) this.poll();
  }

  private poll(): void {
    this.cancelPoll();
    this.again = this.changes !== undefined;
    if (this.changes) return;
    this.changes = new Map();
    this.sources.catalog.report(this.service).then(
      (report) => this.settle(report),
      (error: unknown) => this.fail(error),
    );
  }

  private settle(report: HealthReport | undefined): void {
    const changes = this.changes ?? new Map<string, CheckChange>();
    this.changes = undefined;
    if (this.closed) return;
    this.show(report && this.with(changes, report));
    for (const stream of this.streams) stream.endIfStuck();
    const { clock, everyMs } = this.sources;
    this.cancelPoll = clock.after(this.again ? Math.min(AGAIN_MS, everyMs) : everyMs, () => this.poll());
  }

  private fail(error: unknown): void {
    this.logger.error(
      'no health answer could be formed',
      error instanceof Error ? error.stack : String(error),
    );
    this.settle({ state: 'DOWN', checks: [], notReady: [] });
  }

  private onCheck(change: CheckChange): void {
    this.changes?.set(change.id, change);
    if (this.report && this.counts(change.id)) {
      this.show(this.with(new Map([[change.id, change]]), this.report));
    } else if (!this.changes && this.sources.catalog.covers(this.service, change.id)) {
      this.poll();
    }
  }

  /** Whether the last report has a check of this identity. */
  private counts(checkId: string): boolean {
    return this.report?.checks.some(({ id }) => id === checkId) ?? false;
  }

  private onAvailability(): void {
    if (this.report) this.show(this.sources.catalog.asItIsNow(this.service, this.report));
    this.poll();
  }

  private with(changes: ReadonlyMap<string, CheckChange>, report: HealthReport): HealthReport {
    let changed = false;
    const checks = report.checks.map((check) => {
      const change = changes.get(check.id);
      if (!change || change.to === check.state) return check;
      changed = true;
      return { ...check, state: change.to };
    });
    return changed ? this.sources.catalog.asItIsNow(this.service, summarise(checks)) : report;
  }

  private show(report: HealthReport | undefined): void {
    const status = servingStatus(report);
    this.report = report;
    this.status = status;
    for (const stream of this.streams) stream.tell(status);
  }
}
