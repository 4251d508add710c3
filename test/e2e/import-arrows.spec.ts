import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

type Table = Readonly<Record<string, string>>;

const CONFIG = resolve('oxlint.config.js');
const { FEATURES, CORE } = (await import(CONFIG)) as { FEATURES: Table; CORE: Table };
const OXLINT = resolve('node_modules/oxlint/bin/oxlint');
const folder = mkdtempSync(join(tmpdir(), 'vitals-arrows-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One import of a file. */
type Import = readonly [file: string, specifier: string];

/** Lints a tree that consists of these imports alone; says which of them are refused, and by which rule. */
async function refused(rule: string, imports: readonly Import[]): Promise<Set<string>> {
  const tree = mkdtempSync(join(folder, 'tree-'));
  copyFileSync(CONFIG, join(tree, 'oxlint.config.js'));
  for (const [file, specifier] of imports) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `import '${specifier}';\n`, { flag: 'a' });
  }
  const printed = await new Promise<string>((end) => {
    const args = [OXLINT, '-c', 'oxlint.config.js', '-f', 'json'];
    execFile(process.execPath, args, { cwd: tree, maxBuffer: 2 ** 26 }, (_error, out) => end(out));
  });
  const { diagnostics } = JSON.parse(printed) as {
    diagnostics: { code: string; filename: string; labels: { span: { line: number } }[] }[];
  };
  const lines = new Map<string, string[]>();
  for (const [file, specifier] of imports) lines.set(file, [...(lines.get(file) ?? []), specifier]);
  return new Set(
    diagnostics
      .filter(({ code }) => code === rule)
      .map(({ filename, labels }) => `${filename} ${lines.get(filename)?.[(labels[0]?.span.line ?? 0) - 1]}`),
  );
}

const RESTRICTED = 'eslint(no-restricted-imports)';
const CONTROL_PLANE = 'apps/control-plane/src';

/** Files of a folder at three depths, each with the same import of a sibling of that folder. */
const arrow = (root: string, from: string, to: string): Import[] => [
  [`${root}/${from}/planted.ts`, `../${to}/thing.js`],
  [`${root}/${from}/reading/planted.ts`, `../../${to}/thing.js`],
  [`${root}/${from}/api/body/planted.ts`, `../../../${to}/api/thing.js`],
];

const said = (imports: readonly Import[]): string[] => imports.map((parts) => parts.join(' ')).sort();

describe.each([
  [CONTROL_PLANE, FEATURES],
  ['src', CORE],
])('Of the folders of %s', (root, table) => {
  const folders = [...Object.keys(table), 'a-new-folder'];
  const arrows = folders.flatMap((from) =>
    folders.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  const isDrawn = (from: string, to: string): boolean =>
    ['*', to].some((name) => table[from]?.split(' ').includes(name));

  it('each imports what its row names and no other, at every depth', async () => {
    const planted = arrows.flatMap(([from, to]) => arrow(root, from, to));
    const wrong = arrows
      .filter(([from, to]) => !isDrawn(from, to))
      .flatMap(([from, to]) => arrow(root, from, to));
    expect([...(await refused(RESTRICTED, planted))].sort()).toEqual(said(wrong));
  });

  it('none names a folder whose row comes after its own', () => {
    const late = arrows.filter(
      ([from, to]) => isDrawn(from, to) && folders.indexOf(to) > folders.indexOf(from),
    );
    expect(late.filter(([, to]) => to !== 'a-new-folder')).toEqual([]);
  });
});

describe('The linter', () => {
  it('refuses a breach that no row may ever permit', async () => {
    const breaches: Import[] = [
      // a later stage
      [`${CONTROL_PLANE}/settings/settings.ts`, '../http/problem.js'],
      [`${CONTROL_PLANE}/http/problem.ts`, '../security/access.guard.js'],
      [`${CONTROL_PLANE}/security/access.guard.ts`, '../providers/provider.js'],
      [`${CONTROL_PLANE}/providers/reading/list.query.ts`, '../../checks/check.js'],
      [`${CONTROL_PLANE}/services/service.registry.ts`, '../checks/check.directory.js'],
      [`${CONTROL_PLANE}/leases/lease.sweeper.ts`, '../placement/placement.index.js'],
      // the database knows no feature, the shutdown none at all
      [`${CONTROL_PLANE}/database/journal.ts`, '../providers/provider.rows.js'],
      [`${CONTROL_PLANE}/persistence/sqlite/checks/rows.ts`, '../../../checks/check.js'],
      [`${CONTROL_PLANE}/shutdown/stages.ts`, '../settings/settings.js'],
      // what subscribes to the feed
      [`${CONTROL_PLANE}/checks/api/checks.controller.ts`, '../../transitions/transition.log.js'],
      [`${CONTROL_PLANE}/providers/provider.directory.ts`, '../alerts/alert.js'],
      // the composition root
      [`${CONTROL_PLANE}/checks/check.ts`, '../app.module.js'],
      // between the packages
      [`${CONTROL_PLANE}/checks/probe.ts`, '../../../../libs/health/src/index.js'],
      ['src/lease/lease-table.ts', '@vitals/health'],
      ['src/lease/lease-table.ts', '@vitals/core/time'],
      ['src/lease/lease-table.ts', '../../libs/health/src/index.js'],
      ['libs/health/src/health.module.ts', '@vitals/heartbeat'],
      ['libs/health/src/health.module.ts', '@vitals/provider-health'],
      ['libs/health/src/health.module.ts', 'fastify'],
      ['libs/health/src/checks/clients/redis-check.ts', 'typeorm'],
      ['libs/heartbeat/src/agent.ts', '../../../apps/control-plane/src/main.js'],
      ['libs/heartbeat/src/agent.ts', 'typeorm'],
      ['libs/probes/src/http.ts', '@vitals/health'],
      ['libs/provider-health/src/cache.ts', '@vitals/health/testing'],
      // the core is framework-free
      ['src/errors.ts', './time/index.js'],
      ['src/place.ts', 'node:fs'],
      ['src/time/clock.ts', '@nestjs/common'],
      ['src/health/report.ts', 'node:zlib'],
      ['src/placement/rank.ts', 'rxjs/operators'],
      ['src/check/advance.ts', 'typeorm'],
      ['src/check/tasks/timing.ts', '../../time/index.js'],
    ];
    expect([...(await refused(RESTRICTED, breaches))].sort()).toEqual(said(breaches));
  });

  it('permits what the packages need of each other', async () => {
    const imports: Import[] = [
      [`${CONTROL_PLANE}/checks/check.ts`, '@vitals/probes'],
      [`${CONTROL_PLANE}/checks/check.ts`, '@vitals/core/check'],
      [`${CONTROL_PLANE}/cli/vitals.command.ts`, '../start.js'],
      [`${CONTROL_PLANE}/app.module.ts`, './transitions/transitions.module.js'],
      [`${CONTROL_PLANE}/leases/lease.sweeper.spec.ts`, '../placement/placement.index.js'],
      ['libs/health/src/checks/network/http-check.ts', '@vitals/probes'],
      ['libs/health/src/checks/clients/typeorm-check.ts', 'typeorm'],
      ['libs/health/samples/rest/src/app.module.ts', '@vitals/health'],
      ['libs/heartbeat/src/heartbeat.module.ts', '@vitals/health'],
      ['src/content/coding.ts', 'node:zlib'],
      ['src/lease/lease-table.ts', '../errors.js'],
      ['src/lease/lease-table.spec.ts', '../check/index.js'],
    ];
    expect(await refused(RESTRICTED, imports)).toEqual(new Set());
  });

  it('refuses a cycle', async () => {
    const cycle: Import[] = [
      [`${CONTROL_PLANE}/leases/lease.sweeper.ts`, './lease.ledger.ts'],
      [`${CONTROL_PLANE}/leases/lease.ledger.ts`, './lease.sweeper.ts'],
    ];
    expect([...(await refused('import(no-cycle)', cycle))].sort()).toEqual(said(cycle));
  });
});
