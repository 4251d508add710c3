import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

/** Who may do what in a fuzz run. */
export const TOKENS = { adminToken: 'fuzz-admin-0123456789', registrationToken: 'fuzz-register-0123456789' };

/**
 * Starts the built control plane as `npm start` does, with authentication on, a SQLite file, and no limit of
 * requests. It can be asked what it holds after a collection of garbage.
 */
export async function startControlPlane() {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-fuzz-'));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      new URL('../verdict/inside.js', import.meta.url).href,
      'apps/control-plane/dist/main.js',
    ],
    {
      cwd: REPOSITORY,
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}`,
        VITALS_ADMIN_TOKEN: TOKENS.adminToken,
        VITALS_REGISTRATION_TOKEN: TOKENS.registrationToken,
        VITALS_RATE_LIMIT: '0',
        VITALS_DRAIN: '0',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  const plane = {
    port,
    url: `http://127.0.0.1:${port}`,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    log: () => log,
    async held() {
      child.send('held');
      const [held] = await once(child, 'message');
      return { ...held, descriptors: descriptorsOf(child.pid) };
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const [code] = await ended;
      clearTimeout(late);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
  await ready(plane);
  return plane;
}

async function ready(plane) {
  for (let tries = 0; tries < 600; tries++) {
    if (!plane.isAlive()) throw new Error(`the control plane did not start:\n${plane.log()}`);
    const answer = await fetch(`${plane.url}/health/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error('the control plane did not become ready within 30 s');
}

/** Open descriptors of a process, where the system tells. */
function descriptorsOf(pid) {
  try {
    readFileSync(`/proc/${pid}/status`);
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
