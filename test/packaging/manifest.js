import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NEST = '^11.0.0 || ^12.0.0';

/** What may be imported of an unpacked package, as it follows its name: `''` or `/errors`; patterns are written out. */
export function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const open = Object.keys(exports).filter((path) => path !== './package.json' && exports[path] !== null);
  return open.flatMap((path) => {
    if (!path.includes('*')) return [path.slice('.'.length)];
    const [before, after] = exports[path].import.default.split('*');
    return readdirSync(join(folder, before))
      .filter((name) => existsSync(join(folder, before, name + after)))
      .map((name) => path.slice('.'.length).replace('*', name))
      .filter((entry) => !Object.hasOwn(exports, `.${entry}`));
  });
}

/** That a package says what registries and resolvers of both module systems ask for, and repeats it without a slip. */
export function assertManifest(manifest, files) {
  const { name, description, keywords, license, engines, type, sideEffects, publishConfig } = manifest;
  assert.ok(description.length > 0 && keywords.length > 0, 'it says what it is');
  assert.deepEqual(
    { license, engines, type, publishConfig },
    {
      license: 'Apache-2.0',
      engines: { node: '>=20.19' },
      type: 'module',
      publishConfig: { access: 'public' },
    },
  );
  assert.ok(sideEffects !== undefined, 'bundlers are told which files have side effects');
  const { main, types, exports, typesVersions, peerDependencies = {} } = manifest;
  const entries = Object.entries(exports).filter(([path]) => path !== './package.json' && path !== './cjs/*');
  for (const [path, entry] of entries) assert.deepEqual(entry, entryOf(entry.import.default), path);
  for (const target of textsIn([main, types, exports, typesVersions])) {
    const [before, after = ''] = target.slice('./'.length).split('*');
    const found = files.some((file) => file.startsWith(before) && file.endsWith(after));
    assert.ok(found, `${target} is exported, but not packed`);
  }
  const root = exports['.'];
  if (root) assert.deepEqual({ main, types }, { main: root.require.default, types: root.require.types });
  assert.deepEqual(
    typesVersions?.['*'] ?? {},
    Object.fromEntries(
      entries
        .filter(([path]) => path !== '.')
        .map(([path, { require }]) => [path.slice('./'.length), [require.types]]),
    ),
    'typesVersions repeats exports',
  );
  for (const peer of Object.keys(peerDependencies).filter((each) => each.startsWith('@nestjs/'))) {
    assert.equal(peerDependencies[peer], NEST, `${name} takes ${peer}`);
  }
}

/** Node takes `module-sync` for `require` and `import` alike, which gives one instance; Jest takes `require`. */
function entryOf(module) {
  const both = (file) => ({ types: file.replace(/\.js$/, '.d.ts'), default: file });
  return {
    'module-sync': both(module),
    import: both(module),
    require: both(module.replace('./dist/', './dist/cjs/')),
  };
}

function textsIn(value) {
  if (typeof value === 'string') return [value];
  return value ? Object.values(value).flatMap(textsIn) : [];
}
