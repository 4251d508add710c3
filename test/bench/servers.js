import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Ticks of the kernel's process accounting per second (USER_HZ on Linux). */
const TICKS_PER_SECOND = 100;

/** Starts the control plane as `npm start` does, with a SQLite file of its own. */
export function startControlPlane(environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-bench-'));
  const database = `sqlite:${join(folder, 'vitals.db')}`;
  return startPolled(
    '../../apps/control-plane/dist/main.js',
    { DATABASE_URL: database, LOG_LEVEL: 'error', ...environment },
    () => rmSync(folder, { recursive: true, force: true }),
  );
}

/** Starts bare Fastify with the schema of the control plane, keeping nothing. */
export function startBaseline() {
  return startPolled('./apps/bare-fastify.js', {}, () => undefined);
}

/**
 * Starts an app of `apps/` in a process of its own, and waits until it says that it listens. What it said is in
 * `said`; `ask` sends it a question and resolves to its answer, one at a time.
 */
export async function startApp(app, environment = {}, nodeOptions = []) {
  const child = launch(`./apps/${app}.js`, environment, nodeOptions);
  const said = await hear(child);
  return {
    ...running(child, `http://127.0.0.1:${said.listening}`),
    port: said.listening,
    said,
    async ask(question, about = {}) {
      child.send({ question, ...about });
      return (await hear(child)).answer;
    },
  };
}

/** Stops servers, those of a list or those of a record. */
export async function stopAll(servers) {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
}

async function startPolled(script, environment, cleanUp) {
  const port = await freePort();
  const child = launch(script, { HOST: '127.0.0.1', PORT: String(port), ...environment });
  const server = running(child, `http://127.0.0.1:${port}`);
  await untilItAnswers(server.url, child);
  return {
    ...server,
    async stop() {
      await server.stop();
      cleanUp();
    },
  };
}

function launch(script, environment, nodeOptions = []) {
  return spawn(process.execPath, [...nodeOptions, fileURLToPath(new URL(script, import.meta.url))], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function running(child, url) {
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The next message of a process; rejects if it ends instead. */
function hear(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with code ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

async function untilItAnswers(url, child) {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null)
      throw new Error(`${child.spawnargs.join(' ')} ended with code ${child.exitCode}`);
    const answered = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answered) return;
    await sleep(50);
  }
  throw new Error(`${url} did not answer within 10 s`);
}

/** User and system time of a process (proc(5): fields 14 and 15 of `stat`). */
function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
