import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The path of the first executable that is there, on `PATH` or in one of the further folders.
 * @throws Error that names what is missing and how to get it
 */
export function findExecutable(
  names: readonly string[],
  furtherFolders: readonly string[],
  remedy: string,
): string {
  const { PATH = '' } = process.env;
  for (const name of names) {
    for (const folder of [...PATH.split(delimiter), ...furtherFolders]) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  throw new Error(`${names.join(' or ')} is not on PATH (${remedy})`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
