import { Injectable } from '@nestjs/common';
import { LeaseTable } from '@vitals/core/lease';
import { Clock } from '@vitals/core/time';
import { Journal } from '../database/journal.js';
import { providersDecided, reportsWritten } from '../providers/provider.changes.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import type { Provider } from '../providers/provider.js';
import { ReportBuffer } from './report.buffer.js';

/** A beat up to this much older than the last accepted one was overtaken on its way, in milliseconds. */
const REORDERED_WITHIN_MS = 30_000;

/** What a beat says that is not resources. */
export interface Said {
  readonly phase: string;
  /** By the clock of the provider, in epoch milliseconds. */
  readonly reportedAtMs: number;
  /** Whether no newer beat has overtaken it: only then it says what is so now. */
  readonly inOrder: boolean;
}

/** What became of a beat. */
export interface Received {
  readonly nextIntervalSeconds: number;
  /** What must be durable before the answer. */
  readonly writes: Promise<unknown>[];
}

/** Renews the leases of providers by their beats, and keeps what those say. */
export abstract class BeatReceiver {
  /** @throws VitalsError `store-unavailable` if no beats can be taken now */
  abstract receive(provider: Provider, said: Said): Received;
}

/** In a process that judges all providers itself: a beat is taken at once. */
@Injectable()
export class LocalBeats extends BeatReceiver {
  private reportChanges = 0;

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly leases: LeaseTable,
    private readonly journal: Journal,
    private readonly reports: ReportBuffer,
    private readonly clock: Clock,
  ) {
    super();
  }

  receive(provider: Provider, { phase, reportedAtMs, inOrder }: Said): Received {
    const { recovered } = provider.lease;
    const { nextIntervalSeconds, transition, advertisedLonger } = this.leases.renew(provider.lease);
    const heardAtMs = this.clock.wallMs();
    const phaseChanged = inOrder && phase !== provider.phase;
    if (inOrder) {
      provider.phase = phase;
      provider.reportedAtMs = reportedAtMs;
    }
    provider.heardAtMs = heardAtMs;
    provider.clockSkewMs = reportedAtMs - heardAtMs;
    if (phaseChanged || advertisedLonger) provider.unwrittenReport = ++this.reportChanges;
    const writes: Promise<unknown>[] = [];
    if (provider.unwrittenReport > 0) writes.push(this.writeReport(provider));
    else this.reports.touch(provider);
    if (transition)
      writes.push(this.journal.record(providersDecided, [{ ...transition, key: provider.key }]));
    else if (this.journal.isUnsettled(providersDecided, provider.key)) {
      writes.push(this.journal.settle(providersDecided));
    }
    if (phaseChanged || transition || recovered || provider.behind) {
      provider.trusted = false;
      this.directory.noteChange(provider);
    }
    return { nextIntervalSeconds, writes };
  }

  /**
   * Holds back also the answers to later beats until what must survive a crash is durable: the phase, and an
   * interval that is longer than a restart would assume. What could not be written then is written behind.
   */
  private async writeReport(provider: Provider): Promise<void> {
    const { unwrittenReport } = provider;
    try {
      await this.journal.commit(reportsWritten([provider.report]));
    } catch (error) {
      this.reports.touch(provider);
      throw error;
    }
    if (provider.unwrittenReport === unwrittenReport) provider.unwrittenReport = 0;
  }
}

/** Whether no newer beat has overtaken one. */
export function isInOrder(lastMs: number | undefined, reportedAtMs: number): boolean {
  return lastMs === undefined || reportedAtMs >= lastMs || reportedAtMs < lastMs - REORDERED_WITHIN_MS;
}
