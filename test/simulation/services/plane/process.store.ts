import type { RecordedTransition } from '@vitals/core/transition';
import type { Clock } from '@vitals/core/time';
import type { Random } from '../../engine/random.js';
import type { Change } from '../../../../apps/control-plane/src/database/change.js';
import type { StoredProvider, StoredRegistration } from '../../../../apps/control-plane/src/providers/provider.rows.js';
import type { StoredService } from '../../../../apps/control-plane/src/database/check.change.js';
import { CheckStore } from '../../../../apps/control-plane/src/database/check.store.js';
import type { CheckRecord } from '../../../../src/health/metrics/check-metrics.js';
import { ControlPlaneStore, type Outcome, type StoredState } from '../../../../apps/control-plane/src/database/control-plane.store.js';
import type { MemoryStore } from './memory.store.js';

/** The longest that a write takes to the disk, and its answer from there, in milliseconds. */
const SLOWEST_MS = 15;

/** At which point of a write the process is killed. */
export type KillPoint = 'before' | 'after';

/** How one process reaches what is durable: writes take time, and the process may be killed in the middle of one. */
export class ProcessStore extends ControlPlaneStore {
  /** Kills the process at a write that has transitions; `undefined` for none. */
  killAt: { readonly point: KillPoint; readonly kill: () => void } | undefined;

  constructor(
    private readonly durable: MemoryStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    super();
  }

  load(): Promise<StoredState> {
    const { passed, massFailures, settled } = this.durable;
    return Promise.resolve({
      fleetSize: 0,
      tokens: [],
      reservations: [],
      lastSequence: this.durable.log.length,
      passed,
      massFailures: [...massFailures.values()],
      settled: { provider: [], service: settled },
    });
  }

  async *providers(): AsyncIterable<readonly StoredProvider[]> {}

  registrations(): Promise<ReadonlyMap<number, StoredRegistration>> {
    return Promise.resolve(new Map());
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
    const killing = changes.some(({ kind }) => kind !== 'check-progress' && kind !== 'uptime')
      ? this.killAt
      : undefined;
    await this.wait();
    if (killing?.point === 'before') {
      killing.kill();
      return new Promise(() => undefined);
    }
    const outcomes = this.durable.apply(changes);
    if (killing) {
      killing.kill();
      return new Promise(() => undefined);
    }
    await this.wait();
    return outcomes;
  }

  transitions(since: number, limit: number): Promise<RecordedTransition[]> {
    return Promise.resolve(this.durable.log.slice(since, since + limit));
  }

  private wait(): Promise<void> {
    const ms = this.random.integer(0, SLOWEST_MS);
    return new Promise((resolve) => this.clock.after(ms, () => resolve()));
  }
}

/** What one process reads at its start. */
export class ProcessCheckStore extends CheckStore {
  /** @param recovered what the process makes of a record, the product: itself */
  constructor(
    private readonly durable: MemoryStore,
    private readonly recovered: (record: CheckRecord) => CheckRecord,
  ) {
    super();
  }

  async *services(): AsyncIterable<readonly StoredService[]> {
    yield [...this.durable.services.values()];
  }

  remembered(): Promise<[]> {
    return Promise.resolve([]);
  }

  async *checks(): AsyncIterable<readonly CheckRecord[]> {
    yield [...this.durable.records()].map(this.recovered);
  }

  transitionsOf(): Promise<RecordedTransition[]> {
    return Promise.resolve([]);
  }

  uptime(): Promise<[]> {
    return Promise.resolve([]);
  }
}
