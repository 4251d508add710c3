import { VitalsError } from '@vitals/core/errors';
import type { RecordedTransition } from '@vitals/core/transition';
import type {
  Change,
  KeyedTransition,
  StoredInfo,
  StoredProvider,
  StoredRegistration,
  StoredReport,
} from '../src/database/change.js';
import { ControlPlaneStore, type Outcome, type StoredState } from '../src/database/control-plane.store.js';

/** What a store throws while it is away. */
export function away(): VitalsError {
  return new VitalsError('store-unavailable', 'the disk is full');
}

/** A store in memory that can be made to fail and to wait. */
export class FakeStore extends ControlPlaneStore {
  /** Every attempt to commit, those that failed too. */
  readonly commits: (readonly Change[])[] = [];
  /** What the next attempts fail with, one after the other; `undefined` for one that succeeds. */
  readonly failures: (Error | undefined)[] = [];
  readonly recorded: RecordedTransition[] = [];
  /** By the key of the provider. */
  readonly reports = new Map<number, StoredReport>();
  readonly infos = new Map<number, StoredInfo>();
  private readonly registered = new Map<number, StoredRegistration>();
  private held: Promise<void> | undefined;

  /** Lets no commit end until what is returned is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.held = new Promise((resolve) => (release = resolve));
    return () => {
      this.held = undefined;
      release();
    };
  }

  load(): Promise<StoredState> {
    const settled = { provider: [], service: [] };
    const nothing = {
      fleetSize: 0,
      tokens: [],
      reservations: [],
      passed: undefined,
      massFailures: [],
      settled,
    };
    return Promise.resolve({ ...nothing, lastSequence: this.recorded.length });
  }

  async *providers(): AsyncIterable<readonly StoredProvider[]> {}

  registrations(): Promise<ReadonlyMap<number, StoredRegistration>> {
    return Promise.resolve(this.registered);
  }

  compact(): Promise<void> {
    return Promise.resolve();
  }

  checkpoint(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  nameOf(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  async commit(changes: readonly Change[]): Promise<Outcome[]> {
    this.commits.push(changes);
    await this.held;
    const failure = this.failures.shift();
    if (failure) throw failure;
    return changes.map((change) => this.apply(change));
  }

  transitions(since: number, limit: number): Promise<RecordedTransition[]> {
    return Promise.resolve(this.recorded.slice(since, since + limit));
  }

  private apply(change: Change): Outcome {
    if (change.kind === 'register') this.register(change.provider);
    if (change.kind === 'info') this.infos.set(change.key, change.info);
    if (change.kind === 'reports')
      for (const { key, ...report } of change.reports) this.reports.set(key, report);
    return change.kind === 'transitions' ? change.transitions.flatMap((one) => this.decide(one)) : [];
  }

  /** As the store does, under the id of the first time. */
  private register(provider: StoredRegistration): void {
    const { id } = this.registered.get(provider.key) ?? provider;
    this.registered.set(provider.key, { ...provider, id });
  }

  private decide({ key: _key, ...transition }: KeyedTransition): Outcome {
    const last = this.recorded.findLast(({ subject }) => subject === transition.subject);
    if (last && last.to !== transition.from) return [];
    const recorded = { ...transition, sequence: this.recorded.length + 1 };
    this.recorded.push(recorded);
    return [recorded];
  }
}
