import { type BigIntStats, closeSync, fstatSync, openSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Why the open database may not be written to now. */
export interface FileFault {
  /** `away`: another file, or none, is in its place. `changed`: somebody else wrote into it. */
  readonly kind: 'away' | 'changed' | 'wal-missing';
  /** What is wrong and what to do, in words. */
  readonly detail: string;
}

/** A file that is open, and how long it was after the last write of this process. */
interface OpenFile {
  readonly descriptor: number;
  readonly path: string;
  /** As it was numbered last. */
  identity: Pick<BigIntStats, 'dev' | 'ino'>;
  bytes: bigint;
}

/**
 * The files that this process has open, compared with what lies at their paths. A file that was deleted, renamed or
 * replaced stays open, and takes writes that nobody will ever find; one that somebody else writes to is damaged by
 * the next write. Files are the same if device and inode are. Some file systems number a file anew now and then; what is
 * open is asked again before it is called another one.
 */
export class DatabaseFile {
  /** Absolute; `:memory:` if there is no file. */
  readonly path: string;
  /** Whether there was nothing in the database when it was opened. */
  isNew = false;
  private main: OpenFile | undefined;
  private wal: OpenFile | undefined;
  private writing = false;
  private changed: FileFault | undefined;

  constructor(path: string) {
    this.path = path === ':memory:' ? path : resolve(path);
  }

  /** Whether there is a file, and it is looked at. */
  get isWatched(): boolean {
    return this.main !== undefined;
  }

  /** Opens the file, before the database does; it stays open, for closing it would end the lock of the database. */
  open(): void {
    if (this.path === ':memory:') return;
    this.main ??= openFile(realpathSync(this.path));
  }

  /**
   * From here on both files are compared: the database has opened them, and holds its lock.
   * @throws Error if what it opened is not what `open` opened
   */
  watch(): void {
    if (!this.main) return;
    this.followWal();
    this.written();
    const fault = this.fault();
    if (fault) throw new Error(fault.detail);
  }

  /** The WAL is another file from now on. */
  followWal(): void {
    if (!this.main) return;
    if (this.wal) closeSync(this.wal.descriptor);
    this.wal = openFile(`${this.main.path}-wal`);
  }

  /** This process begins to write: until `written` the files may grow and shrink. Call `fault` before. */
  beginWrite(): void {
    this.writing = true;
  }

  /** What this process wrote has ended: the files are as long as they should be. */
  written(): void {
    this.writing = false;
    for (const file of [this.main, this.wal]) if (file) file.bytes = fstatSync(file.descriptor, BIGINT).size;
  }

  /** What is wrong now; `undefined` if the database may be written to. A few microseconds. */
  fault(): FileFault | undefined {
    if (this.changed || !this.main || !this.wal) return this.changed;
    return this.mainFault(this.main) ?? this.walFault(this.wal);
  }

  /** Reads from the open file, wherever it lies now. Size, and what is written to it, are the caller's to look after. */
  get descriptor(): number | undefined {
    return this.main?.descriptor;
  }

  /** Bytes of the WAL. */
  get walBytes(): number {
    return this.wal ? fstatSync(this.wal.descriptor).size : 0;
  }

  /** Only after the database was closed. */
  close(): void {
    for (const file of [this.main, this.wal]) if (file) closeSync(file.descriptor);
    this.main = undefined;
    this.wal = undefined;
  }

  private mainFault(main: OpenFile): FileFault | undefined {
    const found = statAt(this.path);
    if (typeof found === 'string') {
      return away(`the database file ${this.path} cannot be accessed (${found}). Make its folder accessible`);
    }
    if (!found) {
      return away(`the database file ${this.path} is gone. Put it back, or ${RESCUE}`);
    }
    const open = fstatSync(main.descriptor, BIGINT);
    if (!isSame(open, found)) {
      return away(
        `another file lies at ${this.path} than the one that is open. Put that one back, or ${RESCUE}`,
      );
    }
    return this.changeOf(main, found);
  }

  private walFault(wal: OpenFile): FileFault | undefined {
    const found = statAt(wal.path);
    if (typeof found === 'string') return away(`${wal.path} cannot be accessed (${found})`);
    if (!found)
      return { kind: 'wal-missing', detail: `${wal.path} is gone; it is created again with the next write` };
    if (!isOpen(wal, found)) {
      return away(`another file lies at ${wal.path} than the one that is open. Remove it, or ${RESCUE}`);
    }
    return this.changeOf(wal, found);
  }

  /** Once another program has written, no later look can tell that all is well again. */
  private changeOf(file: OpenFile, now: BigIntStats): FileFault | undefined {
    if (this.writing || now.size === file.bytes) return undefined;
    this.changed = {
      kind: 'changed',
      detail: `another program changed ${file.path} (${now.size} bytes in place of ${file.bytes}). Stop this process, restore a backup and start it again`,
    };
    return this.changed;
  }
}

const BIGINT = { bigint: true } as const;

const RESCUE =
  'take a backup of what is still open (vitals backup <name>), stop this process, put the backup in its place and start it again';

function openFile(path: string): OpenFile {
  const descriptor = openSync(path, 'r');
  const stats = fstatSync(descriptor, BIGINT);
  return { descriptor, path, identity: stats, bytes: stats.size };
}

function away(detail: string): FileFault {
  return { kind: 'away', detail };
}

function isSame(one: OpenFile['identity'], other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

function isOpen(file: OpenFile, found: BigIntStats): boolean {
  if (isSame(file.identity, found)) return true;
  file.identity = fstatSync(file.descriptor, BIGINT);
  return isSame(file.identity, found);
}

/** `undefined` if there is nothing; words if that cannot be told. */
function statAt(path: string): BigIntStats | string | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
