import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packagesIn } from './imports.js';
import { run } from './process.js';

const NEEDED = /^(README\.md|package\.json|bin\/.+\.js|dist\/cjs\/package\.json|dist\/.+\.(js|d\.ts))$/;
const NOT_NEEDED = /\.spec\.|\.map$|tsbuildinfo|^dist\/(cjs\/)?test\//;

/** Packs with `npm run pack`. @returns the tarballs of all packages */
export async function pack(root) {
  await run(root, 'npm', 'run', 'pack');
  const names = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.tgz'));
  assert.equal(names.length, 4, `four tarballs are expected in dist: ${names.join(', ')}`);
  return names.map((name) => join(root, 'dist', name));
}

/** That a tarball holds what is needed and nothing else, its builds alike, and imports what it declares. */
export async function inspect(folder, tarball) {
  const unpacked = join(folder, basename(tarball, '.tgz'));
  mkdirSync(unpacked);
  await run(unpacked, 'tar', '-xzf', tarball, '--strip-components=1');
  const files = readdirSync(unpacked, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
  const unneeded = files.filter((file) => !NEEDED.test(file) || NOT_NEEDED.test(file));
  assert.deepEqual(unneeded, [], 'nobody needs these');

  const built = files.filter((file) => /^dist\/.*\.(js|ts)$/.test(file));
  const commonjs = built.filter((file) => file.startsWith('dist/cjs/'));
  const modules = built.filter((file) => !file.startsWith('dist/cjs/'));
  if (commonjs.length > 0) {
    assert.deepEqual(commonjs.map((file) => file.replace('/cjs/', '/')).sort(), modules.sort());
  }

  const declared = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  const { main, types, exports, typesVersions, dependencies = {}, peerDependencies = {} } = declared;
  for (const target of textsIn([main, types, exports, typesVersions])) {
    const [before, after = ''] = target.slice('./'.length).split('*');
    const found = files.some((file) => file.startsWith(before) && file.endsWith(after));
    assert.ok(found, `${target} is exported, but not packed`);
  }
  const others = Object.keys(dependencies).filter((name) => name !== '@vitals/core');
  assert.deepEqual(others, [], 'a dependency beyond peers and @vitals/core');
  const known = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  for (const file of built) {
    const path = join(unpacked, file);
    const undeclared = packagesIn(path).filter((name) => !known.includes(name));
    assert.deepEqual(undeclared, [], `${file} imports what is not declared`);
    assert.ok(!readFileSync(path, 'utf8').includes('sourceMappingURL'), `${file} names a map`);
  }
  return `${files.length} files`;
}

/** The agent alone, in a folder that has no Nest: nothing but it and the core is installed, and it tells its version. */
export async function useAgent(folder, tarballs) {
  const home = join(folder, 'agent');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  const needed = tarballs.filter((name) => /vitals-(core|heartbeat)-/.test(name));
  await run(home, 'npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...needed);
  await run(home, 'npx', '--no-install', 'vitals-agent', '--version');
  const installed = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['@vitals'], 'the agent needs nothing else');
}

function textsIn(value) {
  if (typeof value === 'string') return [value];
  return value ? Object.values(value).flatMap(textsIn) : [];
}
