import { VitalsError } from '@vitals/core/errors';
import type { RecordedTransition } from '@vitals/core/lease';
import {
  type Change,
  ControlPlaneStore,
  type Outcome,
  type StoredInfo,
  type StoredReport,
} from '../src/persistence/control-plane.store.js';

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
  readonly reports = new Map<string, StoredReport>();
  readonly infos = new Map<string, StoredInfo>();
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

  load(): Promise<{ providers: []; lastSequence: number }> {
    return Promise.resolve({ providers: [], lastSequence: this.recorded.length });
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
    switch (change.kind) {
      case 'info':
        this.infos.set(change.name, change.info);
        return undefined;
      case 'reports':
        for (const { name, ...report } of change.reports) this.reports.set(name, report);
        return undefined;
      case 'transition': {
        const { subject, from } = change.transition;
        const last = this.recorded.findLast((one) => one.subject === subject);
        if (last && last.to !== from) return undefined;
        this.recorded.push({ ...change.transition, sequence: this.recorded.length + 1 });
        return this.recorded.at(-1);
      }
      case 'register':
      case 'remove':
        return undefined;
      default:
        return change satisfies never;
    }
  }
}
