import { LeaseTable } from '@vitals/core/lease';
import { ManualClock } from '@vitals/core/time';
import { OwnedPartitions } from '../src/cluster/owned.partitions.js';
import { Journal } from '../src/database/journal.js';
import { PassedTime } from '../src/database/passed-time.js';
import { ProviderDirectory } from '../src/providers/provider.directory.js';
import { RegistrationService } from '../src/providers/registration.service.js';
import { type GrantedPartitions, Grants } from './granted-partitions.js';
import type { MemoryDatabase } from './memory.database.js';
import { SharedMemoryDatabase, SharedTables } from './shared.memory.database.js';
import { type PlaneOptions, TestPlane } from './test-plane.js';

/** One of several control planes. */
export class JoinedPlane {
  readonly passed = this.plane.get(PassedTime);
  readonly directory = this.plane.get(ProviderDirectory);

  constructor(
    readonly plane: TestPlane,
    readonly owned: GrantedPartitions,
  ) {}

  /** Applies what the others have committed. */
  follow(): Promise<void> {
    return this.plane.done(this.plane.get(Journal).follow());
  }

  /** A provider with so many cores. */
  async register(name: string, cpu: number, zone?: string, healthPath?: string): Promise<void> {
    const registration = {
      name,
      endpoint: 'http://10.0.0.7:80',
      service_type: 'vm',
      schema_version: '1',
      ...(healthPath !== undefined && { health_path: healthPath }),
      metadata: { resources: { total_cpu: cpu }, ...(zone !== undefined && { zone }) },
    };
    const terms = { withToken: false, onlyNew: false };
    await this.plane.done(this.plane.get(RegistrationService).register(registration, terms));
  }

  /** Hears a provider that is ready: every copy hears of every beat. */
  hear(name: string): void {
    const provider = this.directory.find(name);
    if (!provider) return;
    provider.phase = 'Ready';
    this.plane.get(LeaseTable).renew(provider.lease);
    this.directory.noteChange(provider);
  }

  /** What came of it: the provider that is reserved, or the code of the refusal. */
  async outcome(work: Promise<unknown>): Promise<string> {
    try {
      return ((await this.plane.done(work)) as { provider?: string } | undefined)?.provider ?? 'done';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
}

/** Control planes on one database in memory and one clock, which own what a test gives them. */
export class JoinedPlanes {
  readonly clock = new ManualClock();
  readonly grants = new Grants();
  private readonly shared = new SharedTables();
  /** To look into what is durable. */
  readonly store: MemoryDatabase = new SharedMemoryDatabase(this.shared);
  readonly all: JoinedPlane[] = [];

  constructor(
    private readonly modules: NonNullable<PlaneOptions['modules']>,
    private readonly options: PlaneOptions = {},
  ) {}

  /** Another control plane, which owns nothing yet. */
  async join(more: Partial<PlaneOptions> = {}): Promise<JoinedPlane> {
    const { clock, modules } = this;
    const owned = this.grants.join();
    const overrides = [...(this.options.overrides ?? []), [OwnedPartitions, owned] as const];
    const store = new SharedMemoryDatabase(this.shared);
    const plane = await TestPlane.start({ ...this.options, modules, ...more, clock, store, overrides });
    const joined = new JoinedPlane(plane, owned);
    this.all.push(joined);
    return joined;
  }

  async follow(): Promise<void> {
    for (const plane of this.all) await plane.follow();
  }

  /** So much time passes for all of them. */
  async pass(seconds: number): Promise<void> {
    for (let leftMs = seconds * 1_000; leftMs > 0; leftMs -= 100) {
      await this.clock.advance(Math.min(100, leftMs));
      for (const { passed } of this.all) passed.nowMs();
    }
  }
}
