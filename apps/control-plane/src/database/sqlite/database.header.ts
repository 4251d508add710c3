import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** Values of `user_version` that say whether the file alone is the whole database. */
export const FILE_STATE = {
  /** A control plane has it open, or died with it: the file lacks what lies in its WAL. */
  inUse: 1,
  /** It was closed in order, made by a backup, or just created: the file is everything. */
  closed: 2,
} as const;

/** Fields of the first page of every database (https://sqlite.org/fileformat2.html#the_database_header). */
export const HEADER = { bytes: 100, writeVersion: 18, readVersion: 19, userVersion: 60, wal: 2, rollback: 1 };

const MAGIC = 'SQLite format 3\0';

/** What must be said at boot of the files that lie at a path; `undefined` if a database can be opened or begun there. */
export function findBootFault(file: string): string | undefined {
  const [wal, journal] = [`${file}-wal`, `${file}-journal`];
  if (!existsSync(file)) {
    const left = [wal, journal].find((name) => existsSync(name));
    if (left === undefined) return undefined;
    return `${left} is there without ${file}: a fleet was kept here, and its database file is missing. Put the file back, or remove ${left} and restore a backup; remove ${left} alone to start afresh`;
  }
  const header = readHeader(file);
  if (header.length === 0) return emptyFault(file, wal);
  if (header.length < HEADER.bytes || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    return 'it is not an SQLite database; name another file, or restore a backup';
  }
  const logBytes = statSync(wal, { throwIfNoEntry: false })?.size;
  if (header[HEADER.readVersion] !== HEADER.wal) {
    if (logBytes === undefined || logBytes === 0) return undefined;
    return `${wal} does not belong to it: the file was closed in order, or is a backup, and has no WAL. Remove ${wal} to start from the file`;
  }
  const isWhole = header.readUInt32BE(HEADER.userVersion) !== FILE_STATE.inUse;
  if (isWhole || logBytes !== undefined) return undefined;
  return `it was in use when it was copied, and its ${wal} is missing, so what was written last is missing too. Put ${wal} beside it, or restore a backup; to start with what the file holds, create an empty ${wal}`;
}

function emptyFault(file: string, wal: string): string {
  const logToo = existsSync(wal) ? ` and ${wal}` : '';
  return `it is empty (0 bytes), which no database is. Restore a backup, or remove ${file}${logToo} to start afresh`;
}

/** Only while this process has not opened the database: closing any descriptor of a file ends all its POSIX locks. */
function readHeader(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER.bytes);
    return header.subarray(0, readSync(descriptor, header, 0, header.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
