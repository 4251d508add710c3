import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Room for an empty database and its log, and little more. */
const SIZE = '256m';
const CHUNKS = [1_048_576, 4_096, 1];

/** A file system in memory that is full when it is told to be; it takes root to mount one. */
export class SmallDisk {
  private folder: string | undefined;

  /** Whether one can be mounted here. */
  static isPossible(): boolean {
    return process.platform === 'linux' && process.getuid?.() === 0;
  }

  mountAt(folder: string): void {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder], { stdio: 'pipe' });
    this.folder = folder;
  }

  /** Takes what is left of it, to the last byte. */
  fill(): void {
    const file = openSync(this.filler, 'a');
    for (const size of CHUNKS) while (canWrite(file, size));
    closeSync(file);
  }

  empty(): void {
    rmSync(this.filler, { force: true });
  }

  unmount(): void {
    if (this.folder !== undefined) execFileSync('umount', [this.folder], { stdio: 'pipe' });
    this.folder = undefined;
  }

  private get filler(): string {
    if (this.folder === undefined) throw new Error('the disk is not mounted');
    return join(this.folder, 'filler');
  }
}

function canWrite(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
