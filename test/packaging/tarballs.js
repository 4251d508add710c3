import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packagesIn } from './imports.js';
import { assertManifest, entriesOf } from './manifest.js';
import { assertLinks } from './pages.js';
import { run } from './process.js';

const root = join(import.meta.dirname, '../..');
const NEEDED =
  /^((README|CHANGELOG)\.md|LICENSE|package\.json|bin\/.+\.js|dist\/cjs\/package\.json|dist\/.+\.(js|d\.ts)|docs\/.+\.md|deploy\/.+\.(md|yaml)|samples\/.+\.(md|json|ts))$/;
const NOT_NEEDED =
  /\.spec\.|\.map$|tsbuildinfo|^dist\/(cjs\/)?test\/|(^|\/)node_modules\/|^samples\/.+\.d\.ts$/;
const REQUIRED = ['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json', 'dist/cjs/package.json'];

/** Programs are run by Node itself, which loads ES modules. */
const PROGRAM = /^dist\/cli\//;

/** Packs with `npm run pack`. @returns the tarballs of all packages */
export async function pack() {
  await run(root, 'npm', 'run', 'pack');
  const names = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.tgz'));
  assert.equal(names.length, 5, `five tarballs are expected in dist: ${names.join(', ')}`);
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

  assert.deepEqual(
    REQUIRED.filter((file) => !files.includes(file)),
    [],
    'missing',
  );
  assert.equal(readFileSync(join(unpacked, 'LICENSE'), 'utf8'), readFileSync(join(root, 'LICENSE'), 'utf8'));

  const built = files.filter((file) => /^dist\/.*\.(js|ts)$/.test(file));
  const commonjs = built.filter((file) => file.startsWith('dist/cjs/'));
  const modules = built.filter((file) => !file.startsWith('dist/cjs/') && !PROGRAM.test(file));
  assert.deepEqual(commonjs.map((file) => file.replace('/cjs/', '/')).sort(), modules.sort());

  const declared = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  assertManifest(declared, files);
  const { dependencies = {}, peerDependencies = {} } = declared;
  const others = Object.keys(dependencies).filter(
    (name) => !['@vitals/core', '@vitals/probes'].includes(name),
  );
  assert.deepEqual(others, [], 'a dependency beyond peers, @vitals/core and @vitals/probes');
  const known = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  for (const file of built) {
    const path = join(unpacked, file);
    const undeclared = packagesIn(path).filter((name) => !known.includes(name));
    assert.deepEqual(undeclared, [], `${file} imports what is not declared`);
    assert.ok(!readFileSync(path, 'utf8').includes('sourceMappingURL'), `${file} names a map`);
  }
  const links = files.filter((file) => file.endsWith('.md')).map((page) => assertLinks(unpacked, page));
  return `${files.length} files, ${links.reduce((sum, count) => sum + count, 0)} links`;
}

/** That the linters of other people find nothing: types by every resolution, and whether a manifest is whole. */
export async function lint(report, { folder, tarballs }) {
  for (const tarball of tarballs) {
    await report.step(`attw and publint on ${basename(tarball)}`, async () => {
      const entries = entriesOf(join(folder, basename(tarball, '.tgz'))).map((path) => path.slice(1) || '.');
      const attw = ['attw', tarball, '--format', 'ascii', '--entrypoints', ...entries];
      await run(folder, 'npm', 'exec', '--yes', '--package=@arethetypeswrong/cli@0.18.5', '--', ...attw);
      await run(
        folder,
        'npm',
        'exec',
        '--yes',
        '--package=publint@0.3.25',
        '--',
        'publint',
        tarball,
        '--strict',
      );
      return `${entries.length} entry points`;
    });
  }
}
