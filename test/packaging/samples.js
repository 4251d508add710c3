import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packagesIn } from './imports.js';
import { answerOf, freePort, run, whileRunning } from './process.js';

/** What each sample is asked once it is ready: at `port`, its own, or at `healthPort`, its health's alone. */
const QUESTIONS = {
  rest: async ({ ask }) => {
    assert.deepEqual(await ask('port', '/health'), [
      200,
      'UP',
      ['catalogue', 'disk', 'event-loop', 'warehouse'],
    ]);
    assert.deepEqual(await ask('port', '/health/started'), [200, 'UP', ['catalogue']]);
  },
  fastify: async ({ ask }) => {
    assert.deepEqual(await ask('port', '/health'), [200, 'UP', ['memory', 'sensors', 'store']]);
    assert.deepEqual(await ask('port', '/health/group/ingest'), [200, 'UP', ['sensors', 'store']]);
    assert.deepEqual(await ask('port', '/readings/sensors'), [200, 'UP', ['sensors']]);
  },
  microservice: async ({ ask }) => {
    assert.deepEqual(await ask('healthPort', '/health/ready'), [200, 'UP', ['bank', 'rates']]);
  },
  worker: async ({ ask, folder }) => {
    assert.deepEqual(await ask('healthPort', '/health'), [200, 'UP', ['loop', 'queue', 'sending']]);
    for (const name of ['live', 'ready']) {
      const until = await contentOf(join(folder, name));
      assert.ok(Number(until) > Date.now() / 1_000, `${name} is to be believed until ${until}`);
    }
  },
  'terminus-migration': async ({ ask, text }) => {
    assert.deepEqual(await ask('port', '/health'), [200, 'UP', ['disk', 'memory', 'printer']]);
    const before = JSON.parse(await text('port', '/terminus'));
    const after = JSON.parse(await text('port', '/health?format=terminus'));
    assert.deepEqual(Object.keys(after.details).sort(), Object.keys(before.details).sort());
    assert.equal(after.status, before.status);
  },
};

/**
 * Copies every sample out of the repository, starts it, and asks it. They are installed with the tarballs by one
 * `npm install`, as workspaces, which saves a minute; so each must declare what it imports.
 */
export async function samples(report, { root, folder, tarballs }) {
  const home = join(folder, 'samples');
  cpSync(join(root, 'libs/health/samples'), home, { recursive: true, filter: isSource });
  const names = readdirSync(home);
  assert.deepEqual(names.sort(), Object.keys(QUESTIONS).sort());
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, workspaces: names }));
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs];
  if (!(await report.step('samples: npm install <tarballs>', () => run(home, 'npm', ...install)))) return;
  for (const name of names) {
    await report.step(`sample ${name}: npm start answers`, async () => {
      declaresImports(join(home, name));
      await startAndAsk(join(home, name), QUESTIONS[name]);
    });
  }
}

function declaresImports(sample) {
  const { dependencies } = JSON.parse(readFileSync(join(sample, 'package.json'), 'utf8'));
  for (const file of readdirSync(join(sample, 'src'))) {
    const undeclared = packagesIn(join(sample, 'src', file)).filter((name) => !(name in dependencies));
    assert.deepEqual(undeclared, [], `src/${file} imports what is not declared`);
  }
}

async function startAndAsk(copy, questions) {
  const ports = { port: await freePort(), healthPort: await freePort() };
  const folder = join(copy, 'probes');
  mkdirSync(folder);
  const settings = {
    PORT: String(ports.port),
    HEALTH_PORT: String(ports.healthPort),
    HEALTH_FOLDER: folder,
    DRAIN: '100ms',
  };
  await whileRunning(copy, settings, ['npm', 'start'], async (running) => {
    const get = async (port, path) => {
      const url = `http://127.0.0.1:${ports[port]}`;
      await answerOf(`${url}/health/ready`, running, 200);
      return answerOf(url + path, running);
    };
    const ask = async (port, path) => {
      const { status, text } = await get(port, path);
      const { status: overall, checks } = JSON.parse(text);
      return [status, overall, checks.map((check) => check.name)];
    };
    await questions({ ask, folder, text: async (port, path) => (await get(port, path)).text });
  });
}

/** Files are written at once, but not before the first answer. */
async function contentOf(path) {
  for (let tries = 0; tries < 50; tries++) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`${path} is not written`);
}

function isSource(path) {
  return !/[/\\](node_modules|dist)$/.test(path);
}
