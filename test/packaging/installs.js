import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.js';

/** Pages, and what the packages that each of their commands installs are imported as. */
const INSTALLS = {
  'README.md': [['@vitals/health']],
  'libs/health/README.md': [['@vitals/health']],
  'libs/heartbeat/README.md': [['@vitals/heartbeat', '@vitals/health'], ['@vitals/heartbeat/agent']],
  'libs/probes/README.md': [['@vitals/probes']],
  'libs/provider-health/README.md': [['@vitals/provider-health']],
  'docs/agent.md': [['@vitals/heartbeat/agent']],
};
/** What is imported where nothing but packages of this repository is installed. */
const WITHOUT_NEST = ['@vitals/heartbeat/agent', '@vitals/probes'];

/**
 * Installs what each page says, each command in an empty folder of its own, and imports what it is for. A package that
 * a command forgets is looked for in the registry, where it is not.
 */
export async function installsOfPages(report, { root, folder }) {
  for (const [page, imports] of Object.entries(INSTALLS)) {
    const commands = installsOf(join(root, page));
    await report.step(`${page} has its commands`, () => assert.equal(commands.length, imports.length));
    for (const [at, command] of commands.entries()) {
      const name = `${page}: npm install ${command.join(' ')}`;
      const home = join(folder, 'installs', `${page.replaceAll(/\W/g, '-')}-${at}`);
      await report.step(name, () => install(home, root, command, imports[at] ?? []));
    }
  }
}

async function install(home, root, names, imports) {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  const tarballs = names.map((name) => join(root, 'dist', name));
  await run(home, 'npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs);
  const script = imports.map((name) => `await import('${name}');`).join('\n');
  await run(home, 'node', '--input-type=module', '--eval', script);
  if (!imports.every((name) => WITHOUT_NEST.includes(name))) return;
  const installed = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['@vitals'], 'it needs nothing else');
  if (!existsSync(join(home, 'node_modules/@vitals/heartbeat'))) return;
  await run(home, 'npx', '--offline', '-p', '@vitals/heartbeat', 'vitals-agent', '--version');
  await run(home, 'npx', '--offline', 'vitals-agent', '--version');
}

/** The tarballs of each `npm install <repository>/dist/…` of a page, in order, with braces expanded as a shell does. */
function installsOf(page) {
  const text = readFileSync(page, 'utf8').replaceAll(/\s+/g, ' ');
  return [...text.matchAll(/`npm install ([^`]*<repository>[^`]*)`/g)].map(([, files]) =>
    files.split(' ').flatMap((file) => {
      const [, before, names, after] = /^<repository>\/dist\/([^{]*)\{(.+)\}(.*)$/.exec(file) ?? [];
      assert.ok(names, `${page} installs ${file}`);
      return names.split(',').map((name) => before + name + after);
    }),
  );
}
