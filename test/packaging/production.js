import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, freePort, outputOf, run, whileRunning } from './process.js';

/** What a copy of the repository is made of; nothing that was installed, and no data. */
const LEFT_OUT = /[/\\](node_modules|\.git|data|coverage)$/;

/** Builds and starts the control plane as docs/operations.md says, in a copy of the repository. */
export async function production(report, { folder, root }) {
  const copy = join(folder, 'production');
  const step = (name, action) => report.step(`production: ${name}`, action);
  const [build, start] = commandsOf(join(root, 'docs/operations.md'));
  const made = await step('the commands of docs/operations.md', async () => {
    cpSync(root, copy, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !LEFT_OUT.test(path),
    });
    await run(copy, 'bash', '-euc', build);
    assert.ok(!existsSync(join(copy, 'node_modules/typescript')), 'what builds it is gone');
    assert.ok(!existsSync(join(copy, 'data')), 'a check of the configuration creates nothing');
  });
  if (!made) return;
  await step('the start of docs/operations.md answers, and ends in order', async () => {
    mkdirSync(join(copy, 'data'));
    const program = start
      .replaceAll('/var/lib/vitals', join(copy, 'data'))
      .replace('0.0.0.0 PORT=3000', `127.0.0.1 PORT=${await freePort()}`);
    await startsAndStops(copy, {}, ['bash', '-euc', program], /PORT=(\d+)/.exec(program)[1]);
    assert.deepEqual(readdirSync(join(copy, 'data')), ['vitals.db'], 'a clean stop leaves one file');
  });
  await step('the unit of systemd is one', () => verifyUnit(join(root, 'deploy/systemd/vitals.service')));
}

/** The program, packed and installed with the packages that it needs, and called through the link that npm makes. */
export async function packedProgram(report, { folder, root, tarballs }) {
  const home = join(folder, 'program');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  await report.step('npm install of the packed control plane: vitals starts', async () => {
    await run(root, 'npm', 'pack', '--loglevel', 'error', '--pack-destination', home, './apps/control-plane');
    const own = readdirSync(home).filter((name) => name.endsWith('.tgz'));
    const needed = tarballs.filter((name) => !/vitals-heartbeat-/.test(name));
    const install = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
    await run(home, 'npm', ...install, ...needed, ...own.map((name) => `./${name}`));
    const vitals = join(home, 'node_modules/.bin/vitals');
    const { version } = JSON.parse(readFileSync(join(root, 'apps/control-plane/package.json'), 'utf8'));
    assert.equal(await outputOf(home, vitals, '--version'), version);
    await run(home, vitals, '--check-config');
    const port = String(await freePort());
    await startsAndStops(home, { PORT: port, VITALS_DRAIN: '0' }, [vitals], port);
    await run(home, vitals, 'backup', 'after.db');
    assert.deepEqual(readdirSync(join(home, 'data')), ['backups', 'vitals.db']);
  });
}

async function startsAndStops(folder, settings, command, port) {
  const code = await whileRunning(folder, settings, command, async (running) => {
    await answerOf(`http://127.0.0.1:${port}/health/ready`, running, 200);
    const docs = await answerOf(`http://127.0.0.1:${port}/docs`, running);
    assert.equal(docs.status, 200);
  });
  assert.equal(code, 0, 'it ends in order');
}

/** The block that builds, and the one that starts, of the section on the production start. */
function commandsOf(page) {
  const [, section = ''] = readFileSync(page, 'utf8').split('\n## Production start\n');
  const [own] = section.split('\n## ');
  const block = (language) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(own)[1];
  return [block('sh'), block('bash')];
}

async function verifyUnit(unit) {
  try {
    assert.equal(await outputOf('/', 'systemd-analyze', 'verify', unit), '');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return 'not tried: there is no systemd-analyze';
  }
  const seconds = Number(/^TimeoutStopSec=(\d+)s$/m.exec(readFileSync(unit, 'utf8'))[1]);
  assert.ok(seconds > 30, 'a stop takes 25 s and the drain of 5 s at the most');
}
