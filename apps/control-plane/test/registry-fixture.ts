import { Logger } from '@nestjs/common';
import { checkIdOf, type InstancePlace } from '@vitals/core/check';
import { Turns } from '@vitals/core/commit';
import { ManualClock, RunningClock } from '@vitals/core/time';
import {
  type AnyChange,
  type Change,
  changeKind,
  type Decision,
  type KeyedTransition,
} from '../src/database/change.js';
import { SolePartition } from '../src/cluster/owned.partitions.js';
import { Feed } from '../src/database/feed.js';
import { Journal } from '../src/database/journal.js';
import { RememberedServices } from '../src/services/remembered.services.js';
import { ServiceDirectory } from '../src/services/service.directory.js';
import type { ServiceInstance } from '../src/services/service.instance.js';
import { ServiceChecks, ServiceRegistry } from '../src/services/service.registry.js';
import { SERVICES, type ServiceRegistration, type StoredInstance } from '../src/services/service.rows.js';
import { MemoryDatabase } from './memory.database.js';

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

/** Stands for what checks write; of it, the registry only knows that there is something. */
const checkNoted = changeKind<{ readonly what: string; readonly key: number }>('check-noted', {
  write: async () => undefined,
  keys: ({ key }) => [key],
});

/** Stands for what is decided of checks. */
export const checksDecided = changeKind<readonly KeyedTransition[]>('checks-decided', {
  write: async () => undefined,
});

/** Plans one change for each check, which can be told from others, and notes what was asked and applied. */
class NotedChecks extends ServiceChecks {
  readonly said: string[] = [];
  private readonly turns = new Turns();
  refusal: Error | undefined;
  /** An instance without a check had one. */
  endsAlways = false;
  /** What is registered is what was registered, and does not fail. */
  changesNothing = false;

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly journal: Journal,
    feed: Feed,
  ) {
    super();
    feed.on(checkNoted, ({ what, key }) => this.applyNoted(what, key));
  }

  define({ key, check }: StoredInstance): readonly AnyChange[] {
    if (this.refusal) throw this.refusal;
    const isThere = (check || this.endsAlways) && !this.changesNothing;
    return this.plan(check ? 'define' : 'undefine', key, Boolean(isThere));
  }

  restore({ key }: StoredInstance): readonly AnyChange[] {
    return this.plan('restore', key, true);
  }

  end({ key, check }: StoredInstance): readonly AnyChange[] {
    return this.plan('end', key, check !== undefined);
  }

  inTurn<T>(instance: InstancePlace, run: () => Promise<T>): Promise<T> {
    return this.turns.take(checkIdOf(instance), async () => {
      await this.journal.settle(checksDecided);
      return run();
    });
  }

  private plan(what: string, key: number, isThere: boolean): readonly AnyChange[] {
    this.said.push(`${what} ${key}`);
    return isThere ? [checkNoted({ what, key })] : [];
  }

  /** What ends a check ends its instance too. */
  private applyNoted(what: string, key: number): void {
    this.said.push(`${what} ${key} applied`);
    const instance = this.directory.ofKey(key);
    if (!instance) return;
    if (what === 'end') return this.directory.remove(instance);
    instance.critical = false;
    this.directory.noteChange(instance);
  }
}

/** A journal that notes the kinds of every commit, those of several changes together in brackets. */
class NotedJournal extends Journal {
  readonly written: string[] = [];

  override commit<P>(change: Change<P>): Promise<P> {
    this.written.push(change.kind.kindName);
    return super.commit(change);
  }

  override commitAll(decision: Decision<readonly AnyChange[]>): Promise<void> {
    if (typeof decision !== 'function') return super.commitAll(this.noted(decision));
    return super.commitAll(async (reader) => this.noted(await decision(reader)));
  }

  private noted(changes: readonly AnyChange[]): readonly AnyChange[] {
    const kinds = changes.map(({ kind }) => kind.kindName).join(' ');
    // of no changes nothing is written
    if (changes.length > 0) this.written.push(changes.length === 1 ? kinds : `[${kinds}]`);
    return changes;
  }
}

/** A registry on a clock that stands still and a store that can be held and made to fail. */
export class RegistryFixture {
  readonly clock = new ManualClock();
  readonly store = new MemoryDatabase();
  readonly feed = new Feed();
  readonly journal = new NotedJournal(this.clock, this.store, this.feed);
  readonly directory = new ServiceDirectory(this.store, this.feed);
  readonly checks = new NotedChecks(this.directory, this.journal, this.feed);
  readonly remembered = new RememberedServices(
    this.store,
    this.journal,
    new RunningClock(this.clock),
    this.feed,
    new SolePartition(),
  );
  readonly registry = new ServiceRegistry(
    this.directory,
    this.checks,
    this.remembered,
    this.journal,
    this.clock,
  );
  /** The groups that were told of. */
  readonly told: string[] = [];

  constructor() {
    Logger.overrideLogger(false);
    this.directory.changed.subscribe((group) => this.told.push(group));
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
    let ended = false;
    void outcome.then(() => (ended = true));
    do await this.clock.advance(0);
    while (!ended);
    return outcome;
  }

  /** Removes an instance as its failures do. */
  removeFailed(instance: ServiceInstance): void {
    this.directory.remove(instance);
    this.remembered.remember(instance.stored);
  }

  /** The kinds of the changes of each commit, those that become durable together in brackets. */
  get written(): string[] {
    return this.journal.written;
  }

  /** The keys of the instances that a restart would find. */
  get stored(): number[] {
    return [...this.store.tables.rowsOf(SERVICES.name).values()].map(({ key }) => Number(key));
  }

  get known(): number[] {
    return this.directory.listed().flatMap(({ instances }) => instances.map(({ key }) => key));
  }
}
