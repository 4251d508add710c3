import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/control-plane-process.js';
import { findExecutable } from './find-executable.js';
import { Service, type ServicePlace } from './service.js';

/** Where Debian puts what is not on `PATH`. */
const DEBIAN = '/usr/lib/postgresql';

/** The role and the database that `startPostgres` makes; no password is asked for. */
export const POSTGRES_USER = 'vitals';

/** PostgreSQL on loopback, with an empty database `postgres`, or with what the given folder has already. */
export async function startPostgres(place: ServicePlace = {}): Promise<Service> {
  const folders = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const remedy = 'Debian: apt-get install postgresql';
  const initdb = findExecutable(['initdb'], folders, remedy);
  const command = findExecutable(['postgres'], folders, remedy);
  const port = place.port ?? (await freePort());
  const folder = place.folder ?? mkdtempSync(join(tmpdir(), 'vitals-postgres-'));
  const user = process.getuid?.() === 0 ? unprivileged() : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const auth = ['--auth', 'trust', '--username', POSTGRES_USER, '--encoding', 'UTF8', '--no-sync'];
  if (!existsSync(join(data, 'PG_VERSION')))
    execFileSync(initdb, ['--pgdata', data, ...auth], { stdio: 'pipe', cwd: folder, ...user });
  // sockets have paths of at most 107 bytes, and clients come over TCP alone
  const sockets = ['-c', 'unix_socket_directories='];
  const args = ['-D', data, '-p', String(port), ...sockets, '-c', 'listen_addresses=127.0.0.1', '-F'];
  return new Service({ name: 'PostgreSQL', command, args, user, ...place, folder, port }).start();
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } {
  const idOf = (what: '-u' | '-g'): number => {
    for (const name of ['postgres', 'nobody']) {
      try {
        return Number(execFileSync('id', [what, name], { encoding: 'utf8', stdio: 'pipe' }));
      } catch {
        // there is no such user
      }
    }
    throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody');
  };
  return { uid: idOf('-u'), gid: idOf('-g') };
}
