import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { THIS_BUILD } from './builds.js';
import { temporaryFolder } from './folders.js';
import { cpuSecondsOf, residentMiBOf } from './usage.js';

const ASK_EVERY_MS = 5;
const LONGEST_BOOT_MS = 300_000;

/** The administrator of every control plane of a run. */
export const ADMIN_TOKEN = `bench-admin-${'0123456789abcdef'.repeat(2)}`;

/**
 * Starts what `npm start` starts once all is built, with authentication on and a SQLite file in `folder`; its log
 * goes to a file. It is ready when its readiness is a 200: `readyMs` is how long that took since its process was
 * started. `build` is the folder of the checkout that is started; `environment` takes a setting away by `undefined`.
 */
export function startControlPlane({ folder = temporaryFolder(), environment = {}, build = THIS_BUILD } = {}) {
  const { scripts } = JSON.parse(readFileSync(join(build, 'package.json'), 'utf8'));
  const [, ...args] = scripts.start.split('&&').at(-1).trim().split(/\s+/);
  const settings = {
    DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}`,
    VITALS_ADMIN_TOKEN: ADMIN_TOKEN,
    VITALS_DRAIN: '0',
    ...environment,
  };
  return startPolled(args, '/health/ready', folder, settings, build);
}

/** Starts bare Fastify with the schemas of the control plane, keeping nothing. `environment` says what it answers. */
export function startBareFastify(environment = {}) {
  return startPolled(['test/bench/apps/bare-fastify.js'], '/healthz', temporaryFolder(), environment);
}

/**
 * Starts an app of `apps/` in a process of its own, and waits until it says that it listens. What it said is in
 * `said`; `ask` sends it a question and resolves to its answer, one at a time. `build` is the folder of the checkout
 * whose app it is.
 */
export async function startApp(app, environment = {}, nodeOptions = [], build = THIS_BUILD) {
  const child = spawn(process.execPath, [...nodeOptions, `test/bench/apps/${app}.js`], {
    cwd: build,
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const said = await hear(child);
  return {
    ...running(child, said.listening),
    said,
    async ask(question, about = {}) {
      child.send({ question, ...about });
      return (await hear(child)).answer;
    },
  };
}

/** Starts any program that listens on `port` of 127.0.0.1, and waits until `path` is answered. */
export async function startProgram(
  program,
  args,
  { port, path, folder, environment = process.env, cwd = THIS_BUILD },
) {
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const startedMs = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: environment,
    stdio: ['ignore', output, output],
  });
  let failure;
  child.on('error', (error) => (failure = error));
  const server = running(child, port);
  for (;;) {
    if (failure) throw failure;
    if (child.exitCode !== null)
      throw new Error(`${program} ended:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
    const answer = await fetch(`${server.url}${path}`).catch(() => undefined);
    const readyMs = performance.now() - startedMs;
    if (answer?.ok) return { ...server, readyMs, log };
    if (readyMs > LONGEST_BOOT_MS) throw new Error(`${program} did not become ready within ${readyMs} ms`);
    await sleep(ASK_EVERY_MS);
  }
}

/** Stops servers, those of a list or those of a record. */
export async function stopAll(servers) {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
}

/** A port that nobody listens on now. */
export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Settings of whoever runs the benchmarks do not count. */
async function startPolled(args, path, folder, environment, cwd = THIS_BUILD) {
  const port = await freePort();
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VITALS_|KAFKA_|LOG_LEVEL$)/.test(name),
  );
  return startProgram(process.execPath, args, {
    port,
    path,
    folder,
    cwd,
    environment: { ...Object.fromEntries(inherited), HOST: '127.0.0.1', PORT: String(port), ...environment },
  });
}

function running(child, port) {
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    residentMiB: () => residentMiBOf(child.pid),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    call: callerOf(`http://127.0.0.1:${port}`),
  };
}

/** Asks a control plane as its administrator: resolves to the body of the answer, which must be a 2xx. */
export function callerOf(url) {
  return async (method, path, body) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status} ${text}`);
    return text && JSON.parse(text);
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
