import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nest11, nest12, nest12CommonJs } from './nest-versions.js';
import { installedProgram, production } from './production.js';
import { Report } from './report.js';
import { samples } from './samples.js';
import { inspect, lint, pack, useAgent } from './tarballs.js';

// Packs all packages, and uses them as a team would: in apps that Nest's own generators make, outside this
// repository, and in the samples.
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'vitals-packaging-'));
const report = new Report();
try {
  let tarballs = [];
  await report.step('npm run pack', async () => (tarballs = await pack()));
  for (const tarball of tarballs) {
    await report.step(`what is in ${tarball.slice(root.length + 1)}`, () => inspect(folder, tarball));
  }
  if (tarballs.length > 0) await report.step('vitals-agent without Nest', () => useAgent(folder, tarballs));
  const given = { root, folder, tarballs };
  if (tarballs.length > 0) {
    await Promise.all([
      report.all('Nest 11', () => nest11(report, given)),
      report.all('Nest 12', () => nest12CommonJs(report, given).then(() => nest12(report, given))),
      report.all('attw and publint', () => lint(report, given)),
      report.all('samples', () => samples(report, given).then(() => installedProgram(report, given))),
      report.all('production', () => production(report, given)),
    ]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = report.end();
