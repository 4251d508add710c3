import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { LeaseTable } from '@vitals/core/lease';
import { Clock } from '@vitals/core/time';
import { ControlPlaneStore, type Registration, type StoredInfo } from '../persistence/control-plane.store.js';
import { Journal } from '../persistence/journal.js';
import { newProvider, Provider } from './provider.js';
import { ProviderDirectory } from './provider.directory.js';
import { readCapacity } from './resources.js';

/** What became of a registration. */
export interface Registered {
  readonly provider: Provider;
  readonly created: boolean;
}

/** Registers, updates and removes providers. Memory changes only after the store did. */
@Injectable()
export class ProvidersService implements OnModuleInit {
  /** Ids of registrations that are being written, and the names that they are for. */
  private readonly reservedIds = new Map<string, string>();
  private readonly busy = new Map<string, Promise<unknown>>();

  constructor(
    private readonly directory: ProviderDirectory,
    private readonly leases: LeaseTable,
    private readonly store: ControlPlaneStore,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** Takes back what was known before a restart, before anything else is served. */
  async onModuleInit(): Promise<void> {
    const { providers } = await this.store.load();
    for (const stored of providers) this.directory.add(new Provider(stored));
    this.leases.recover(
      providers.map(({ registration, availability, report }) => ({
        name: registration.name,
        state: availability,
        toldMs: report.toldMs,
      })),
    );
    for (const { registration, availability, report } of providers) {
      const provider = this.directory.get(registration.name);
      provider.trusted =
        availability === 'Available' && this.wasHeardWithinBound(registration.name, report.heardAtMs);
    }
    this.journal.readReportsFrom((name) => this.directory.find(name)?.report);
    this.journal.recorded.subscribe(({ subject, sequence, atMs, kind }) => {
      const provider = kind === 'provider' ? this.directory.find(subject) : undefined;
      if (provider) Object.assign(provider, { lastSequence: sequence, stateSinceMs: atMs });
    });
  }

  /**
   * Registers a name, or registers it again with the next generation.
   * @throws VitalsError `provider-id-conflict` if the name has another id, or the id another name;
   *   `request-invalid` for amounts that cannot be read; `store-unavailable`
   */
  register(registration: Registration, id: string | undefined): Promise<Registered> {
    return this.oneAtATime(registration.name, async () => {
      const known = this.directory.find(registration.name);
      this.assertIdFree(registration.name, known, id);
      const next = {
        registration,
        id: known?.id ?? id ?? randomUUID(),
        generation: (known?.generation ?? 0) + 1,
        registeredAtMs: this.clock.wallMs(),
      };
      const info = this.infoOf(registration, known);
      this.reservedIds.set(next.id, registration.name);
      try {
        await this.journal.commit({ kind: 'register', provider: next, info });
      } finally {
        this.reservedIds.delete(next.id);
      }
      const provider = known ?? newProvider(next, info);
      if (known) known.registeredAgain(next, info);
      else this.directory.add(provider);
      this.leases.register(registration.name);
      return { provider, created: !known };
    });
  }

  /** Replaces what a provider said of its resources. @throws VitalsError `provider-not-registered`, `store-unavailable` */
  updateInfo(name: string, change: (info: StoredInfo) => StoredInfo): Promise<StoredInfo> {
    return this.oneAtATime(name, async () => {
      const provider = this.directory.get(name);
      const info = change(provider.info);
      await this.journal.commit({ kind: 'info', name, info });
      provider.info = info;
      return info;
    });
  }

  /** Ends a provider, and the history of its name. @throws VitalsError `provider-not-registered`, `store-unavailable` */
  remove(name: string): Promise<void> {
    return this.oneAtATime(name, async () => {
      const provider = this.directory.get(name);
      await this.journal.settle(name);
      const transition = {
        kind: 'provider',
        subject: name,
        from: 'Unknown',
        to: 'Removed',
        cause: 'removed by request',
        atMs: this.clock.wallMs(),
      } as const;
      await this.journal.commit({ kind: 'remove', name, transition });
      this.leases.revoke(name);
      this.directory.remove(provider);
    });
  }

  /** Conservative: the control plane was away for no longer than since this provider's last beat. */
  private wasHeardWithinBound(name: string, heardAtMs: number | undefined): boolean {
    const boundMs = this.leases.view(name)?.detectionBoundMs ?? 0;
    const sinceMs = heardAtMs === undefined ? Number.POSITIVE_INFINITY : this.clock.wallMs() - heardAtMs;
    return sinceMs >= 0 && sinceMs < boundMs;
  }

  private assertIdFree(name: string, known: Provider | undefined, id: string | undefined): void {
    if (id === undefined) return;
    if (known && known.id !== id) {
      throw new VitalsError(
        'provider-id-conflict',
        `${name} is registered with another id; leave the id out, or remove the provider first`,
      );
    }
    const holder = this.directory.nameOf(id) ?? this.reservedIds.get(id);
    if (holder !== undefined && holder !== name) {
      throw new VitalsError(
        'provider-id-conflict',
        `the id ${id} belongs to the provider ${holder}; choose another`,
      );
    }
  }

  /** Capacity starts from what is stated at registration; an update that came later stays unless it is restated. */
  private infoOf({ metadata }: Registration, known: Provider | undefined): StoredInfo {
    const resources = (metadata?.['resources'] ?? {}) as Record<string, unknown>;
    const stated = readCapacity(resources, '/metadata/resources');
    const before = known?.info ?? { capacity: {}, allocated: {}, capabilities: [], syncedAtMs: undefined };
    return { ...before, capacity: { ...before.capacity, ...stated } };
  }

  /** Changes of one name run one after the other, so that none is based on what another is just replacing. */
  private async oneAtATime<T>(name: string, run: () => Promise<T>): Promise<T> {
    const turn = (this.busy.get(name) ?? Promise.resolve()).then(run, run);
    this.busy.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.busy.get(name) === turn) this.busy.delete(name);
    }
  }
}
