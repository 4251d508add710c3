import type { CheckStatus } from '@vitals/core/check';
import type { RecordedTransition } from '@vitals/core/transition';
import {
  CHECK_STATES,
  CHECKS,
  type StoredProgress,
} from '../../../../apps/control-plane/src/checks/check.rows.js';
import { TRANSITIONS } from '../../../../apps/control-plane/src/database/transition.record.js';
import { MemoryTables } from '../../../../apps/control-plane/test/memory.database.js';

/** What survives the control plane. */
export class MemoryStore {
  readonly tables = new MemoryTables();
  /** Nothing can be written. */
  away = false;
  /** Under which keys checks were found last. */
  private readonly keys = new Map<string, string>();

  /** All transitions, in order. */
  *log(): Iterable<RecordedTransition> {
    for (const row of this.tables.rowsOf(TRANSITIONS.name).values())
      yield TRANSITIONS.decode(row, TRANSITIONS.members);
  }

  /** How many transitions there are. */
  get recorded(): number {
    return this.tables.rowsOf(TRANSITIONS.name).size;
  }

  /** Whose transition has this number. */
  subjectOf(sequence: number): string | undefined {
    return this.tables.rowsOf(TRANSITIONS.name).get(JSON.stringify([sequence]))?.['subject'] as
      string | undefined;
  }

  /** The status of a check as it is kept; `undefined` for one that is not there. */
  statusOf(id: string): CheckStatus | undefined {
    return this.stateOf(id)?.['status'] as CheckStatus | undefined;
  }

  /** How far a check has come, as it is kept. */
  progressOf(id: string): StoredProgress | undefined {
    const row = this.stateOf(id);
    return row && CHECK_STATES.decode(row, ['progress']).progress;
  }

  private stateOf(id: string) {
    const checks = this.tables.rowsOf(CHECKS.name);
    let key = this.keys.get(id) ?? '';
    if (checks.get(key)?.['id'] !== id) {
      key = [...checks].find(([, row]) => row['id'] === id)?.[0] ?? '';
      this.keys.set(id, key);
    }
    return this.tables.rowsOf(CHECK_STATES.name).get(key);
  }
}
