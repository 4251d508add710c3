import type { DecidedAvailability, RecordedTransition, Transition } from '@vitals/core/transition';

/** What is durable of one provider. */
export interface Row {
  generation: number;
  availability: DecidedAvailability;
  phase: number;
  reportedAtMs: number | undefined;
  heardAtMs: number | undefined;
  advertisedMs: number;
  /** When its last transitions were decided, oldest first, in epoch milliseconds. */
  changedAtMs: readonly number[];
}

/** What the report of a provider makes durable. */
export type Report = Pick<Row, 'phase' | 'reportedAtMs' | 'heardAtMs' | 'advertisedMs'>;

export function reportOf({ phase, reportedAtMs, heardAtMs, advertisedMs }: Row): Report {
  return { phase, reportedAtMs, heardAtMs, advertisedMs };
}

/** As many transitions as a lease looks at. */
const KEPT_CHANGES = 4;

/** What survives the control plane: rows, and the log of transitions. */
export class Store {
  readonly rows = new Map<number, Row>();
  readonly log: RecordedTransition[] = [];

  /** Adds a provider, or the next generation of it; returns the generation. */
  register(index: number): number {
    const known = this.rows.get(index);
    if (known) return ++known.generation;
    const fresh = {
      phase: 0,
      reportedAtMs: undefined,
      heardAtMs: undefined,
      advertisedMs: 0,
      changedAtMs: [],
    };
    this.rows.set(index, { ...fresh, generation: 1, availability: 'Unknown' });
    return 1;
  }

  report(index: number, report: Report): void {
    const row = this.rows.get(index);
    if (!row) return;
    row.phase = report.phase;
    row.reportedAtMs = report.reportedAtMs;
    row.heardAtMs = report.heardAtMs;
    row.advertisedMs = report.advertisedMs;
  }

  /** Records a transition on the condition that its provider still is in the state that it leaves. */
  transition(index: number, transition: Transition): void {
    const row = this.rows.get(index);
    if (!row || row.availability !== transition.from) return;
    row.availability = transition.to as DecidedAvailability;
    if (transition.from !== 'Unknown' || transition.to !== 'Available') {
      row.changedAtMs = [...row.changedAtMs.slice(1 - KEPT_CHANGES), transition.atMs];
    }
    this.append(transition);
  }

  /** Ends a provider, and its history. */
  remove(index: number, subject: string, atMs: number): void {
    const row = this.rows.get(index);
    if (!row) return;
    this.rows.delete(index);
    const { availability: from } = row;
    this.append({ kind: 'provider', subject, from, to: 'Removed', cause: 'removed by request', atMs });
  }

  private append(transition: Transition): void {
    this.log.push({ ...transition, sequence: this.log.length + 1 });
  }
}
