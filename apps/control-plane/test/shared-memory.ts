import type { Transaction } from '../src/database/database.js';
import { MemoryDatabase, MemoryTables } from './memory.database.js';

/** Tables in memory that several processes use, one writer at a time, as they do PostgreSQL. */
export class SharedMemory {
  readonly tables = new MemoryTables();
  private turn: Promise<unknown> = Promise.resolve();

  /** The database of another process. */
  open(): MemoryDatabase {
    return new SharedMemoryDatabase(this);
  }

  write<T>(run: () => Promise<T>): Promise<T> {
    const next = this.turn.then(run);
    this.turn = next.catch(() => undefined);
    return next;
  }
}

class SharedMemoryDatabase extends MemoryDatabase {
  constructor(private readonly memory: SharedMemory) {
    super(memory.tables);
  }

  override get isShared(): boolean {
    return true;
  }

  protected override write<T>(run: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.memory.write(() => super.write(run));
  }
}
