import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packedPages } from './packed-pages.js';
import { PACKAGES } from './packages.js';

// Builds the published packages from nothing, so that no output of a deleted source is packed, completes a copy of
// each with the licence and its pages, and leaves the tarballs in dist/. These are what is published.
const root = join(import.meta.dirname, '../..');
for (const folder of [...PACKAGES.map((name) => join(name, 'dist')), 'dist']) {
  rmSync(join(root, folder), { recursive: true, force: true });
}
run(process.execPath, 'node_modules/typescript/bin/tsc', '-b', ...PACKAGES);
run(process.execPath, 'deploy/npm/build-commonjs.js');
const copies = PACKAGES.map(complete);
run('npm', 'pack', '--loglevel', 'error', '--pack-destination', 'dist', ...copies);
rmSync(join(root, 'dist/packages'), { recursive: true });

/** @returns the folder of the copy, as npm takes it */
function complete(folder) {
  const copy = join(root, 'dist/packages', folder);
  for (const name of ['package.json', 'dist', 'bin'].filter((each) => existsSync(join(root, folder, each)))) {
    cpSync(join(root, folder, name), join(copy, name), { recursive: true });
  }
  cpSync(join(root, 'LICENSE'), join(copy, 'LICENSE'));
  for (const [path, text] of packedPages(root, folder)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  return `./dist/packages/${folder}`;
}

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
