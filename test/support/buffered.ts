import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What holds in memory what is to be durable later, by the file that makes it; each has to be flushed at shutdown. */
export const BUFFERS: Readonly<Record<string, readonly string[]>> = {
  'apps/control-plane/src/database/journal.ts': [
    'GroupCommit', // every change on its way to the database
    'TransitionQueue', // transitions of providers, and those of checks, one queue for each
  ],
  'apps/control-plane/src/heartbeats/report.buffer.ts': [
    'WriteBehind', // receive times of providers
  ],
  'apps/control-plane/src/checks/check.history.ts': [
    'WriteBehind', // results of checks, once in 30 s
    'WriteBehind', // streaks of checks, once in 500 ms
    // and the uptime of the minute that goes on, and of those that are over, once in 5 s
  ],
  'apps/control-plane/src/mass-failures/mass-failure.directory.ts': [
    'WriteBehind', // mass failures that began, went on or ended, and members that were settled
  ],
};

/** Makes something that writes late. */
const MAKES_BUFFER =
  /\bnew (WriteBehind|GroupCommit|TransitionQueue|\w*(?:Buffer|Outbox|Backlog))\b|\b(unwritten\w+) = new\b/g;
/** Buffers of bytes, and what is on its way to a connection that ends as well: nothing of it is to be kept. */
const NOT_KEPT: ReadonlySet<string> = new Set(['Buffer', 'ArrayBuffer', 'SharedArrayBuffer', 'Outbox']);

/** What makes buffers in the sources of the control plane, by file. */
export function buffersInSource(): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const file of sourcesIn('apps/control-plane/src')) {
    const made = [...readFileSync(file, 'utf8').matchAll(MAKES_BUFFER)]
      .map(([, type, member]) => (type ?? member) as string)
      .filter((name) => !NOT_KEPT.has(name));
    if (made.length > 0) found[file] = made;
  }
  return found;
}

/** Files of the control plane that say with `@Buffers()` that they are flushed. */
export function flushedInSource(): string[] {
  return sourcesIn('apps/control-plane/src').filter((file) =>
    /^@Buffers\(\)$/m.test(readFileSync(file, 'utf8')),
  );
}

/** Files of the control plane with a hook that Nest calls at shutdown: after the shutdown, when nothing can be written. */
export function nestHooksInSource(): string[] {
  const hook = /\b(?:onModuleDestroy|beforeApplicationShutdown|onApplicationShutdown)\(/;
  return sourcesIn('apps/control-plane/src').filter((file) => hook.test(readFileSync(file, 'utf8')));
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesIn(path);
      return path.endsWith('.ts') && !path.endsWith('.spec.ts') ? [path] : [];
    })
    .sort();
}
