import { open, stat } from 'node:fs/promises';
import { MAX_FILE_BYTES } from '../reading/declarations.file.js';

/** The file that lies at a path, through whatever links lead to it; another one has another stamp. */
export async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw new Error('is not a file; name one');
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/**
 * Reads the file that had a stamp; of one that is too large, only as much as shows that.
 * @returns `undefined` if another file lies there now, or it is being written
 */
export async function readStamped(path: string, stamp: string): Promise<Uint8Array | undefined> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, MAX_FILE_BYTES + 1));
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await handle.read(bytes, length, bytes.length - length, length));
    }
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
