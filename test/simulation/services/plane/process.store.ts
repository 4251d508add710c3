import type { Clock } from '@vitals/core/time';
import {
  CHECK_STATES,
  type StoredCheckState,
  UPTIME,
} from '../../../../apps/control-plane/src/checks/check.rows.js';
import type { Selection, Transaction } from '../../../../apps/control-plane/src/database/database.js';
import type { Table } from '../../../../apps/control-plane/src/database/table.js';
import { away, MemoryDatabase } from '../../../../apps/control-plane/test/memory.database.js';
import type { Random } from '../../engine/random.js';
import type { MemoryStore } from './memory.store.js';

/** The longest that a write takes to the disk, and its answer from there, in milliseconds. */
const SLOWEST_MS = 15;
/** What is written of runs without a transition. */
const OF_RUNS: ReadonlySet<string> = new Set([CHECK_STATES.name, UPTIME.name]);

/** At which point of a write the process is killed. */
export type KillPoint = 'before' | 'after';

/** How one process reaches what is durable: writes take time, and the process may be killed in the middle of one. */
export class ProcessStore extends MemoryDatabase {
  /** Kills the process at a write that has transitions; `undefined` for none. */
  killAt: { readonly point: KillPoint; readonly kill: () => void } | undefined;

  /** @param recovered what the process makes of the state of a check that it reads, the product: itself */
  constructor(
    private readonly durable: MemoryStore,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly recovered: (state: StoredCheckState) => StoredCheckState,
  ) {
    super(durable.tables);
  }

  override async select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection: Selection<R, K> = {},
  ): Promise<Pick<R, K>[]> {
    const rows = await super.select(table, selection);
    if (table.name !== CHECK_STATES.name) return rows;
    return (rows as unknown as StoredCheckState[]).map(this.recovered) as unknown as Pick<R, K>[];
  }

  protected override async write<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { killAt } = this;
    await this.wait();
    if (this.durable.away) throw away();
    const mark = this.tables.mark();
    const result = await super.write(run).catch((error: unknown) => {
      mark.undo();
      throw error;
    });
    const isOfRuns = [...mark.tables()].every((table) => OF_RUNS.has(table));
    if (killAt && !isOfRuns) {
      if (killAt.point === 'before') mark.undo();
      else mark.keep();
      killAt.kill();
      return new Promise(() => undefined);
    }
    mark.keep();
    await this.wait();
    return result;
  }

  private wait(): Promise<void> {
    const ms = this.random.integer(0, SLOWEST_MS);
    return new Promise((resolve) => this.clock.after(ms, () => resolve()));
  }
}
