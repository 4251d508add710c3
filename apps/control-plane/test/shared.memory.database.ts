import { Turns } from '@vitals/core/commit';
import type { Selection, Transaction } from '../src/database/database.js';
import type { Table } from '../src/database/table.js';
import { MemoryDatabase, MemoryTables } from './memory.database.js';

/** Tables that several processes of a test write to, one transaction of all at a time. */
export class SharedTables {
  readonly tables = new MemoryTables();
  readonly turns = new Turns();
}

/** The database as one of several processes has it. A process that is cut off fails each transaction, and all reading. */
export class SharedMemoryDatabase extends MemoryDatabase {
  /** Why this process cannot reach it. */
  cutOff: Error | undefined;

  constructor(private readonly shared: SharedTables) {
    super(shared.tables);
  }

  override get isShared(): boolean {
    return true;
  }

  /** What others are just writing is not seen before it is durable. */
  override select<R, K extends keyof R & string = keyof R & string>(
    table: Table<R>,
    selection?: Selection<R, K>,
  ): Promise<Pick<R, K>[]> {
    return this.alone(() => super.select(table, selection));
  }

  protected override write<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.alone(() => super.write(run));
  }

  private alone<T>(run: () => Promise<T>): Promise<T> {
    return this.shared.turns.take('', async () => {
      if (this.cutOff) throw this.cutOff;
      return run();
    });
  }
}
