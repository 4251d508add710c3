import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_RUN_MS = 600_000;
const LONGEST_END_MS = 15_000;
const LAST_LINES = 30;

/** Runs to the end. @throws Error with its last lines unless it exits with 0 */
export async function run(cwd, command, ...args) {
  await outputOf(cwd, command, ...args);
}

/** Runs to the end. @returns what it writes. @throws Error as `run` */
export async function outputOf(cwd, command, ...args) {
  const child = spawn(command, args, { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
  const [code, signal] = await once(child, 'close').finally(() => clearTimeout(timer));
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')}: ${code ?? signal}\n${lastOf(output())}`);
  return output();
}

/**
 * Starts a program, lets `ask` ask it, and ends it, and whatever it started, with SIGTERM.
 * @returns its exit code, `null` if the signal killed it
 * @throws Error with its last lines if it ends by itself, if `ask` throws, or if it does not end
 */
export async function whileRunning(cwd, settings, [command, ...args], ask) {
  const env = { ...environment(), ...settings };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = collect(child);
  const ended = once(child, 'close');
  const running = () => child.exitCode === null && child.signalCode === null;
  const failure = await ask(running).catch((error) => error);
  if (running()) killGroup(child, 'SIGTERM');
  const late = await Promise.race([
    ended.then(() => undefined),
    sleep(LONGEST_END_MS, 'late', { ref: false }),
  ]);
  if (late) killGroup(child, 'SIGKILL');
  await ended;
  if (failure instanceof Error)
    throw new Error(`${failure.message}\n${lastOf(output())}`, { cause: failure });
  if (late) throw new Error(`it does not end at SIGTERM\n${lastOf(output())}`);
  return child.exitCode;
}

/**
 * Asks until something answers, with the wanted status if there is one.
 * @throws Error if it does not in time, or the program has ended
 */
export async function answerOf(url, running, wanted) {
  let last;
  for (let tries = 0; tries < 900; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) last = { status: answer.status, text: await answer.text() };
    if (last && (wanted === undefined || wanted === last.status)) return last;
    if (!running()) throw new Error(`it ended before it answered ${url}`);
    await sleep(100);
  }
  throw new Error(`${url} answers ${last ? `${last.status} ${last.text}` : 'nothing'}`);
}

/** A port that nobody listened to a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function collect(child) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return () => text.trimEnd();
}

function lastOf(text) {
  return text.split('\n').slice(-LAST_LINES).join('\n');
}

/** Without what `npm run` in this repository adds: its settings are not those of a newcomer. */
function environment() {
  const own = /^(INIT_CWD|npm_(package|lifecycle|config_(ignore_scripts|local_prefix)).*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** A program that leads its own group is ended with everything that it started. */
function killGroup({ pid }, signal) {
  if (pid !== undefined) process.kill(0 - pid, signal);
}
