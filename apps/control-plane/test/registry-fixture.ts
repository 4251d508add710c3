import type { Change } from '../src/database/change.js';
import type { StoredService } from '../src/persistence/check.change.js';
import { Journal } from '../src/database/journal.js';
import type { PlannedChange } from '../src/declarations/plan.js';
import { ServiceChecks, ServiceRegistry } from '../src/services/service.registry.js';
import { ServiceDirectory } from '../src/services/service.directory.js';
import type { ServiceRegistration } from '../src/services/service.rows.js';
import { ServicesModule } from '../src/services/services.module.js';
import { FakeStore } from './fake.store.js';
import { TestPlane } from './test-plane.js';

/** A registration of the service `a`; nodes differ by their ports. */
export function nodeAt(port: number, more: Partial<ServiceRegistration> = {}): ServiceRegistration {
  return { serviceId: 'a', protocol: 'http', address: '10.0.0.7', port, ...more };
}

/** What a check is registered with. */
export const CHECK = {
  healthPath: '',
  tlsSkipVerify: false,
  interval: 10_000,
  deregisterCriticalServiceAfter: 120_000,
};

/** Plans one change for each check, which can be told from others, and notes what was asked and applied. */
class NotedChecks extends ServiceChecks {
  readonly said: string[] = [];
  refusal: Error | undefined;
  /** A node without a check had one. */
  endsAlways = false;
  /** What is registered is what was registered, and does not fail. */
  changesNothing = false;

  constructor(private readonly directory: ServiceDirectory) {
    super();
  }

  define({ key, check }: StoredService): PlannedChange {
    if (this.refusal) throw this.refusal;
    return this.plan(
      check ? 'define' : 'undefine',
      key,
      (check || this.endsAlways) && !this.changesNothing ? [checkChangeOf(key)] : [],
    );
  }

  restore({ key }: StoredService): PlannedChange {
    return this.plan('restore', key, [checkChangeOf(key)]);
  }

  end({ key, check }: StoredService): PlannedChange {
    return this.plan('end', key, check ? [checkChangeOf(key)] : []);
  }

  private plan(what: string, key: number, changes: readonly Change[]): PlannedChange {
    this.said.push(`${what} ${key}`);
    const apply = (): void => {
      this.said.push(`${what} ${key} applied`);
      const service = this.directory.ofKey(key);
      if (service) service.critical = false;
    };
    return { changes, apply };
  }
}

const notedChecks = (directory: ServiceDirectory): NotedChecks => new NotedChecks(directory);

/** Stands for what checks write; of it, the registry only knows that there is something. */
function checkChangeOf(key: number): Change {
  return { kind: 'check-progress', progress: [{ key, progress: {} as never }] };
}

/** A registry on a clock that stands still and a store that can be held and made to fail. */
export class RegistryFixture {
  readonly clock = this.plane.clock;
  readonly journal = this.plane.get(Journal);
  readonly directory = this.plane.get(ServiceDirectory);
  readonly checks = this.plane.get(ServiceChecks) as NotedChecks;
  readonly registry = this.plane.get(ServiceRegistry);
  /** The groups that were told of. */
  readonly told: string[] = [];

  private constructor(
    private readonly plane: TestPlane,
    readonly store: FakeStore,
  ) {
    this.directory.changed.subscribe((group) => this.told.push(group));
  }

  static async start(): Promise<RegistryFixture> {
    const store = new FakeStore();
    const checks = { provide: ServiceChecks, inject: [ServiceDirectory], useFactory: notedChecks };
    return new RegistryFixture(
      await TestPlane.start({ modules: [ServicesModule], store, providers: [checks] }),
      store,
    );
  }

  /** Registers, and lets everything happen that can; resolves to `ok`, or to the code of the refusal. */
  register(registration: ServiceRegistration, onlyNew = false): Promise<string> {
    return this.done(this.registry.register(registration, { onlyNew }));
  }

  deregister(node: ServiceRegistration): Promise<string> {
    return this.done(this.registry.deregister(node));
  }

  async done(work: Promise<unknown>): Promise<string> {
    const outcome = work.then(
      () => 'ok',
      (error: { code?: string; message: string }) => error.code ?? error.message,
    );
    await this.clock.advance(0);
    return outcome;
  }

  /** The kinds of the changes of each write, those of one that becomes durable together in brackets. */
  get written(): string[] {
    return this.store.commits.flat().map(kindsOf);
  }

  /** The keys of the nodes that a restart would find, by what became durable. */
  get stored(): number[] {
    const keys = new Set<number>();
    for (const change of this.store.commits
      .flat()
      .flatMap((one) => (one.kind === 'together' ? one.changes : [one]))) {
      if (change.kind === 'service') keys.add(change.service.key);
      if (change.kind === 'service-removed') keys.delete(change.key);
    }
    return [...keys];
  }

  get known(): number[] {
    return [...this.directory.services()].map(({ key }) => key);
  }
}

function kindsOf(change: Change): string {
  return change.kind === 'together' ? `[${change.changes.map(kindsOf).join(' ')}]` : change.kind;
}
