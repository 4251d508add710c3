import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LeaseTable } from '@vitals/core/lease';
import { Clock } from '@vitals/core/time';
import type { StoredProvider } from '../database/change.js';
import { Journal } from '../database/journal.js';
import { RecoveredState } from '../database/recovered.state.js';
import { Provider } from './provider.js';
import { ProviderDirectory } from './provider.directory.js';

/** Takes the providers of before a restart back, before anything else is served. */
@Injectable()
export class ProviderRecovery implements OnModuleInit {
  constructor(
    private readonly recovered: RecoveredState,
    private readonly directory: ProviderDirectory,
    private readonly leases: LeaseTable,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { fleetSize } = await this.recovered.read();
    for await (const providers of this.recovered.providers()) this.takeBack(providers, fleetSize);
    this.followTransitions();
  }

  private takeBack(providers: readonly StoredProvider[], fleetSize: number): void {
    const nowMs = this.clock.wallMs();
    const leases = this.leases.recover(
      providers.map(({ registration, availability, advertisedMs, changedAtMs }) => ({
        name: registration.name,
        state: availability,
        advertisedMs,
        // since a wall clock that was set back, the newest may lie ahead; the time between them is what it was
        changedMsAgo: changedAtMs.map((atMs) => Math.max(nowMs, changedAtMs.at(-1) as number) - atMs),
      })),
      fleetSize,
    );
    leases.forEach((lease, index) => {
      const provider = new Provider(providers[index] as StoredProvider, lease);
      provider.trusted = lease.state === 'Available' && this.wasHeardWithinBound(provider);
      this.directory.add(provider);
    });
  }

  private followTransitions(): void {
    this.journal.recorded.subscribe((recorded) => {
      for (const { subject, sequence, atMs, kind } of recorded) {
        const provider = kind === 'provider' ? this.directory.find(subject) : undefined;
        if (provider) Object.assign(provider, { lastSequence: sequence, stateSinceMs: atMs });
      }
    });
  }

  /** Conservative: the control plane was away for no longer than since this provider's last beat. */
  private wasHeardWithinBound({ lease, heardAtMs }: Provider): boolean {
    const sinceMs = heardAtMs === undefined ? Number.POSITIVE_INFINITY : this.clock.wallMs() - heardAtMs;
    return sinceMs >= 0 && sinceMs < this.leases.view(lease).detectionBoundMs;
  }
}
