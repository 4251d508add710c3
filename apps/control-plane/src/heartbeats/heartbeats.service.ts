import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { LeaseTable, type Renewal } from '@vitals/core/lease';
import { Clock, tryParseTimestamp } from '@vitals/core/time';
import { invalid } from '../http/validation.js';
import { Journal } from '../persistence/journal.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProvidersService } from '../providers/providers.service.js';
import { readCapacity } from '../providers/resources.js';
import type { Heartbeat } from './heartbeat.schema.js';

/** A beat up to this much older than the last accepted one was overtaken on its way, in milliseconds. */
const REORDERED_WITHIN_MS = 30_000;

/** What a beat is answered. */
export interface BeatAnswer {
  readonly nextIntervalSeconds: number;
  /** Settles when the answer may be given; `undefined` if that is now. Rejects with `store-unavailable`. */
  readonly durable: Promise<unknown> | undefined;
}

/** Takes the beats of providers. */
@Injectable()
export class HeartbeatsService {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly providers: ProvidersService,
    private readonly leases: LeaseTable,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a beat:
   * 1. it is refused as a whole, or taken as a whole;
   * 2. the lease is renewed by the time of receipt, whatever the beat's timestamp says;
   * 3. what it says is taken unless a newer beat overtook it;
   * 4. it is acknowledged at once, unless it changed something that must be durable first.
   * @throws VitalsError `provider-not-registered`, `generation-stale`, `request-invalid`
   */
  take(name: string, beat: Heartbeat): BeatAnswer {
    const provider = this.directory.get(name);
    const reportedAtMs = this.check(provider, beat);
    const capacity = beat.resources && readCapacity(beat.resources, '/resources');
    const renewal = this.leases.renew(name) as Renewal;
    const heardAtMs = this.clock.wallMs();
    const { report } = provider;
    const taken = isInOrder(report.reportedAtMs, reportedAtMs);
    const phase = taken ? beat.phase : report.phase;
    if (phase !== report.phase) provider.reportUnwritten = true;
    provider.report = {
      phase,
      reportedAtMs: taken ? reportedAtMs : report.reportedAtMs,
      heardAtMs,
      toldMs: this.leases.toldMs(name),
    };
    provider.clockSkewMs = reportedAtMs - heardAtMs;
    provider.trusted = false;
    const writes = this.writes(provider, renewal, taken ? { capacity, capabilities: beat.capabilities } : {});
    return {
      nextIntervalSeconds: renewal.nextIntervalSeconds,
      durable: writes.length > 0 ? Promise.all(writes) : undefined,
    };
  }

  private check({ name, generation }: Provider, beat: Heartbeat): number {
    if (beat.generation !== undefined && beat.generation !== generation) {
      throw new VitalsError(
        'generation-stale',
        `${name} is at generation ${generation}, this beat is of ${beat.generation}: another instance has registered under the name; stop, or register again`,
      );
    }
    const reportedAtMs = tryParseTimestamp(beat.timestamp);
    if (reportedAtMs !== undefined) return reportedAtMs;
    throw invalid([
      { pointer: '/timestamp', detail: 'must be an RFC 3339 timestamp such as "2026-01-31T10:00:00Z"' },
    ]);
  }

  /** Whatever of this provider is not durable yet holds the answer back, also if an earlier beat changed it. */
  private writes(
    provider: Provider,
    { transition }: Renewal,
    said: { capacity?: Provider['info']['capacity']; capabilities?: readonly string[] },
  ): Promise<unknown>[] {
    const { name, info } = provider;
    const writes: Promise<unknown>[] = [];
    if (provider.reportUnwritten) writes.push(this.writeReport(provider));
    else this.journal.touch(name);
    if (transition) writes.push(this.journal.record(transition));
    else if (this.journal.isUnsettled(name)) writes.push(this.journal.settle(name));
    if (differs(info.capacity, said.capacity) || differs(info.capabilities, said.capabilities)) {
      writes.push(
        this.providers.updateInfo(name, (current) => ({
          ...current,
          capacity: { ...current.capacity, ...said.capacity },
          capabilities: said.capabilities ?? current.capabilities,
          syncedAtMs: this.clock.wallMs(),
        })),
      );
    }
    return writes;
  }

  private async writeReport(provider: Provider): Promise<void> {
    const { name, report } = provider;
    await this.journal.commit({ kind: 'reports', reports: [{ name, ...report }] });
    if (provider.report === report) provider.reportUnwritten = false;
  }
}

function isInOrder(lastMs: number | undefined, reportedAtMs: number): boolean {
  return lastMs === undefined || reportedAtMs >= lastMs || reportedAtMs < lastMs - REORDERED_WITHIN_MS;
}

/** Whether something was said that is not known yet; of an object, only the members that were said count. */
function differs(known: object, said: object | undefined): boolean {
  if (!said) return false;
  return JSON.stringify(Array.isArray(said) ? known : { ...known, ...said }) !== JSON.stringify(known);
}
