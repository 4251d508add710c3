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
  return start(
    '../../apps/control-plane/dist/main.js',
    { DATABASE_URL: database, LOG_LEVEL: 'error', ...environment },
    () => rmSync(folder, { recursive: true, force: true }),
  );
}

/** Starts bare Fastify with the schema of the control plane, keeping nothing. */
export function startBaseline() {
  return start('./bare-fastify.js', {}, () => undefined);
}

async function start(script, environment, cleanUp) {
  const port = await freePort();
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url))], {
    env: { ...process.env, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers(url, child);
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      cleanUp();
    },
  };
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
