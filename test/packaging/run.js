import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installsOfPages } from './installs.js';
import { nest11, nest12, nest12CommonJs } from './nest-versions.js';
import { packedProgram, production } from './production.js';
import { Report } from './report.js';
import { samples } from './samples.js';
import { inspect, lint, pack } from './tarballs.js';

// Packs all packages, and uses them as a team would: in apps that Nest's own generators make, outside this
// repository, and in the samples. Names of parts may be given: pages, nest11, nest12,
// linters, samples, program.
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'vitals-packaging-'));
const report = new Report();
try {
  let tarballs = [];
  await report.step('npm run pack', async () => (tarballs = await pack()));
  for (const tarball of tarballs) {
    await report.step(`what is in ${tarball.slice(root.length + 1)}`, () => inspect(folder, tarball));
  }
  const given = { root, folder, tarballs };
  const wanted = process.argv.slice(2);
  const part = (name, ...tries) =>
    wanted.length > 0 && !wanted.includes(name)
      ? undefined
      : report.all(name, async () => {
          for (const attempt of tries) await attempt(report, given);
        });
  if (tarballs.length > 0) {
    await Promise.all([
      part('pages', installsOfPages),
      part('nest11', nest11),
      part('nest12', nest12CommonJs, nest12),
      part('linters', lint),
      part('samples', samples),
      part('program', packedProgram, production),
    ]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = report.end();
