import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `statfs` says of a file system that is in memory (Linux: `TMPFS_MAGIC`). */
const IN_MEMORY = 0x01021994;

let root;
let count = 0;

/**
 * An empty folder of this run, removed with all others when the process ends.
 * @throws Error if it would be in memory, where nothing is durable and flushing costs nothing
 */
export function temporaryFolder() {
  if (root === undefined) {
    if (statfsSync(tmpdir()).type === IN_MEMORY) {
      throw new Error(`${tmpdir()} is in memory; set TMPDIR to a folder on a disk`);
    }
    root = mkdtempSync(join(tmpdir(), 'vitals-bench-'));
    process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  }
  return mkdtempSync(join(root, `${++count}-`));
}
