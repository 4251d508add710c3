import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/control-plane-process.js';
import { findExecutable } from './find-executable.js';
import { Service } from './service.js';

/** Redis that keeps nothing, on a free port of loopback. */
export async function startRedis(): Promise<Service> {
  const command = findExecutable(
    ['redis-server', 'valkey-server'],
    [],
    'Debian: apt-get install redis-server',
  );
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const folder = mkdtempSync(join(tmpdir(), 'vitals-redis-'));
  return new Service({ name: 'Redis', command, args, folder, port }).start();
}
