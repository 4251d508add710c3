import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// Builds the published packages from nothing, so that no output of a deleted source is packed, and leaves their
// tarballs in dist/.
const root = join(import.meta.dirname, '../..');
for (const folder of [
  'src/dist',
  'libs/health/dist',
  'libs/heartbeat/dist',
  'libs/provider-health/dist',
  'dist',
]) {
  rmSync(join(root, folder), { recursive: true, force: true });
}
mkdirSync(join(root, 'dist'));
run(
  process.execPath,
  'node_modules/typescript/bin/tsc',
  '-b',
  'libs/health',
  'libs/heartbeat',
  'libs/provider-health',
);
run(process.execPath, 'deploy/npm/build-commonjs.js');
run(
  'npm',
  'pack',
  '--loglevel',
  'error',
  '--pack-destination',
  'dist',
  './src',
  './libs/health',
  './libs/heartbeat',
  './libs/provider-health',
);

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
