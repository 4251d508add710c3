import { VitalsError } from '@vitals/core/errors';
import type { RecordedTransition } from '@vitals/core/transition';
import type { Change, StoredPassedTime } from '../../../../apps/control-plane/src/database/change.js';
import type { CheckTransition } from '../../../../apps/control-plane/src/api-docs/schemas/checks.js';
import type { StoredCheck, StoredCheckState, StoredProgress, StoredService } from '../../../../apps/control-plane/src/database/check.change.js';
import type { CheckRecord } from '../../../../src/health/metrics/check-metrics.js';
import type { SettledMember, StoredMassFailure } from '../../../../apps/control-plane/src/mass-failures/mass-failure.rows.js';
import type { Outcome } from '../../../../apps/control-plane/src/database/control-plane.store.js';

/** What survives the control plane. Does what the statements of the SQLite store do. */
export class MemoryStore {
  readonly services = new Map<number, StoredService>();
  readonly log: RecordedTransition[] = [];
  readonly massFailures = new Map<number, StoredMassFailure>();
  settled: readonly SettledMember[] = [];
  passed: StoredPassedTime | undefined;
  /** Nothing can be written or read. */
  away = false;
  private readonly checks = new Map<number, StoredCheck>();
  private readonly states = new Map<number, StoredCheckState>();
  private readonly keys = new Map<string, number>();

  /** All checks as they are kept. */
  *records(): Iterable<CheckRecord> {
    for (const [key, check] of this.checks) yield { check, state: this.states.get(key) as StoredCheckState };
  }

  /** The state of a check as it is kept; `undefined` for one that is not there. */
  stateOf(id: string): StoredCheckState | undefined {
    const key = this.keys.get(id);
    return key === undefined ? undefined : this.states.get(key);
  }

  assertThere(): void {
    if (this.away) throw new VitalsError('store-unavailable', 'the disk is away');
  }

  /** Makes changes durable. */
  apply(changes: readonly Change[]): Outcome[] {
    this.assertThere();
    return changes.map((change) => this.applyOne(change));
  }

  private applyOne(change: Change): Outcome {
    switch (change.kind) {
      case 'together':
        return change.changes.flatMap((one) => this.applyOne(one));
      case 'service':
        this.services.set(change.service.key, change.service);
        return [];
      case 'service-removed':
        this.services.delete(change.key);
        return [];
      case 'check':
        this.put(change.check, change.sinceMs);
        return [];
      case 'check-progress':
        for (const { key, progress } of change.progress) this.advance(key, progress);
        return [];
      case 'check-transitions':
        return this.decide(change.transitions);
      case 'mass-failures':
        for (const failure of change.failures) this.note(failure);
        return [];
      case 'settled':
        this.settled = change.members;
        return [];
      case 'passed':
        this.passed = change.passed;
        return [];
      // nothing else is looked at again
      case 'service-forgotten':
      case 'remembered-aged':
      case 'uptime':
      case 'forget-past':
      case 'register':
      case 'credentials':
      case 'token-used':
      case 'orders':
      case 'info':
      case 'reports':
      case 'transitions':
      case 'remove':
      case 'token-given':
      case 'token-revoked':
      case 'reservation':
      case 'reservation-ended':
        return [];
      default:
        return change satisfies never;
    }
  }

  private note(failure: StoredMassFailure): void {
    if (!this.massFailures.get(failure.key)?.end) this.massFailures.set(failure.key, failure);
  }

  private put(check: StoredCheck, sinceMs: number): void {
    const { key } = check;
    const known = this.keys.get(check.definition.id) ?? key;
    if (known !== key) throw new Error(`${check.definition.id} is kept under ${known}, not under ${key}`);
    this.keys.set(check.definition.id, key);
    this.checks.set(key, check);
    if (!this.states.has(key)) this.states.set(key, { key, status: 'Pending', sinceMs, progress: undefined });
  }

  private advance(key: number, progress: StoredProgress): void {
    const state = this.states.get(key);
    if (state) this.states.set(key, { ...state, progress });
  }

  private decide(transitions: readonly CheckTransition[]): Outcome {
    const recorded = transitions.flatMap((transition) => this.record(transition));
    const done = new Set(recorded.filter(({ to }) => to === 'Removed').map(({ subject }) => subject));
    for (const { to, key, remembers, subject } of transitions)
      if (to === 'Removed' && (!remembers || done.has(subject))) this.remove(key);
    return recorded;
  }

  /** On the condition that the check still is in the state that it leaves. */
  private record({
    key,
    progress,
    remembers: _remembers,
    ...transition
  }: CheckTransition): RecordedTransition[] {
    const state = this.states.get(key);
    const { from, to, atMs } = transition;
    if (state?.status !== from) return [];
    const sinceMs = from === to ? state.sinceMs : atMs;
    this.states.set(key, { key, status: to as StoredCheckState['status'], sinceMs, progress });
    const recorded = { ...transition, sequence: this.log.length + 1 };
    this.log.push(recorded);
    return [recorded];
  }

  private remove(key: number): void {
    const check = this.checks.get(key);
    if (check?.serviceKey !== undefined) this.services.delete(check.serviceKey);
    if (check) this.keys.delete(check.definition.id);
    this.checks.delete(key);
    this.states.delete(key);
  }
}
