import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import { type Declarations, readDeclarations } from './reading/read-declarations.js';
import { fileError, MAX_FILE_BYTES, readDeclarationsFile } from './reading/declarations.file.js';

/** A file without faults, and what it declares. */
export interface DeclaringFile {
  /** The same for the same content. */
  readonly hash: string;
  readonly declarations: Declarations;
}

/**
 * The file that lies at a path at the time. All errors are `declaration-invalid` and name everything that is wrong;
 * one with a cause comes from the file system, and may be gone at the next try.
 */
export class FileSource {
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  /** A text that differs for another file or another content. @throws VitalsError if there is none */
  async stamp(): Promise<string> {
    try {
      return await stampOf(this.path);
    } catch (error) {
      throw this.refusal(describeUnreadable(error), error);
    }
  }

  /**
   * Reads the file of a stamp.
   * @returns `undefined` if another lies there by now
   * @throws VitalsError if it cannot be read, or is wrong
   */
  async read(stamp: string): Promise<DeclaringFile | undefined> {
    const bytes = await readStamped(this.path, stamp).catch((error: unknown) => {
      throw this.refusal(describeUnreadable(error), error);
    });
    if (!bytes) return undefined;
    const file = readDeclarationsFile(bytes);
    if (file.faults.length > 0) throw fileError(this.path, file.faults);
    const { declarations, faults } = await readDeclarations(file.value, this.clock);
    if (faults.length > 0) throw fileError(this.path, file.locate(faults));
    return { hash: createHash('sha256').update(bytes).digest('hex'), declarations };
  }

  /** Something that is wrong with the file as a whole. */
  refusal(detail: string, cause?: unknown): VitalsError {
    return fileError(this.path, [{ detail }], cause);
  }
}

/** The file that lies at a path, through whatever links lead to it; another one has another stamp. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw new Error('is not a file; name one');
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/**
 * Reads the file that had a stamp; of one that is too large, only as much as shows that.
 * @returns `undefined` if another file lies there now, or it is being written
 */
async function readStamped(path: string, stamp: string): Promise<Uint8Array | undefined> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, MAX_FILE_BYTES + 1));
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read)
      ({ bytesRead: read } = await handle.read(bytes, length, bytes.length - length, length));
    const isSame = length === bytes.length && (await stampOf(path)) === stamp;
    return isSame ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

/** Why a file cannot be read, and what to do. */
export function describeUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file; put it there, or name another';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it; change its permissions';
    case undefined:
    default:
      return message;
  }
}
