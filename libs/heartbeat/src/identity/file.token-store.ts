import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Keeps the token that the control plane issued to a provider, so that it can register again after a restart. */
export interface TokenStore {
  /** The token that was saved last; `undefined` if there is none. */
  load(): string | undefined | Promise<string | undefined>;
  /** Resolves when the token will survive the process. */
  save(token: string): void | Promise<void>;
}

/** Keeps a token in a file that only its owner can read (mode 0600); the folder has to be there. */
export class FileTokenStore implements TokenStore {
  constructor(private readonly path: string) {}

  /** `undefined` if there is no such file, or nothing in it. */
  async load(): Promise<string | undefined> {
    try {
      return (await readFile(this.path, 'utf8')).trim() || undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Replaces the file as a whole, on disk before it resolves: whoever reads it finds the old token or the new. */
  async save(token: string): Promise<void> {
    const draft = `${this.path}.${randomUUID()}`;
    try {
      await writeFile(draft, `${token}\n`, { flag: 'wx', mode: 0o600, flush: true });
      await rename(draft, this.path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncFolder(dirname(this.path));
  }
}

/** Where a folder cannot be opened as a file, its entries are as durable as they get. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
