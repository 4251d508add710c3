import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGES } from './packages.js';

// The CommonJS build of the published packages, in dist/cjs beside their ES modules. It comes after `tsc -b`, which
// has checked the sources; here they are only emitted.
const root = join(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const projects = PACKAGES.map((folder) => join(root, folder, 'tsconfig.cjs.json'));
const { status } = spawnSync(process.execPath, [tsc, '-b', ...projects], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
for (const folder of PACKAGES) {
  // without it Node takes the files for ES modules, as the package says
  const scope = join(root, folder, 'dist/cjs/package.json');
  writeFileSync(scope, '{ "type": "commonjs", "sideEffects": false }\n');
}
