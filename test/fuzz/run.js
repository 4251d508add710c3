import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { readArguments, refuseArguments } from '../support/arguments.js';
import { RequestGenerator } from './requests/generator.js';
import { Random } from './requests/random.js';
import { World } from './requests/world.js';
import { Judge } from './verdict/judge.js';
import { growthFaults, tableOf } from './verdict/growth.js';
import { removeEverything } from './wire/cleaning.js';
import { startControlPlane, TOKENS } from './wire/control-plane.js';
import { exchange } from './wire/exchange.js';
import { slowBodies } from './wire/slow.js';

// Sends requests that are made from the description of the API to the control plane that `npm start` starts, and
// fails if anything fails inside, hangs, is answered otherwise than described, or is left behind.
const USAGE = `usage: npm run fuzz -- [--requests <number>] [--seed <number>]

Sends requests that are made from docs/openapi.json to a control plane of its own, and fails if anything fails inside,
hangs, is answered otherwise than described, or is left behind.

  --requests <number>  how many, default 30000
  --seed <number>      makes the same requests again, default: another one each time; the first line says which
`;
const { values } = readArguments(USAGE, {
  options: {
    requests: { type: 'string', default: '30000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
if (!Number.isSafeInteger(requests)) refuseArguments('--requests must be a whole number');
if (!Number.isSafeInteger(seed)) refuseArguments('--seed must be a whole number');
const IN_FLIGHT = 16;
const MOST_FAULTS = 40;
/** Part of the run that brings the process to its working size, before it is measured. */
const WARM_UP = 0.25;

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
const random = new Random(seed);
const world = new World(TOKENS);
const generator = new RequestGenerator(document, random, world);
const judge = new Judge(document);
const faults = [];
const counts = { status: {}, kind: {}, sent: 0 };
const startedMs = performance.now();

process.stdout.write(`fuzz: ${requests} requests, seed ${seed}\n`);
const plane = await startControlPlane();
const slow = requests >= 10_000 ? slowBodies(plane.port, TOKENS.adminToken) : Promise.resolve([]);
await sendAll(requests * WARM_UP);
const before = await heldWhenEmpty();
await sendAll(requests);
faults.push(...(await slow));
const after = await heldWhenEmpty();
faults.push(...growthFaults(before, after));
if (!plane.isAlive()) faults.push('the control plane has ended');
const health = await fetch(`${plane.url}/health`).then((answer) => answer.json(), String);
if (health.status !== 'UP') faults.push(`health is ${JSON.stringify(health)} at the end`);
const code = await plane.stop();
if (code !== 0) faults.push(`it ended with ${code} when it was asked to stop`);
// a busy machine makes the event loop late, which health tells and nobody here is to blame for; and no provider is
// where it says that it is, which is told of those that want to be asked
const errors = plane
  .log()
  .split('\n')
  .filter((line) => line !== '' && !/"context":"(Provider)?Health"/.test(line));
if (errors.length > 0) faults.push(`it logged errors:\n${errors.join('\n').slice(0, 4_000)}`);
report();

/** Sends until so many were sent in all. */
async function sendAll(upTo) {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const worker = async () => {
    while (counts.sent < upTo && faults.length < MOST_FAULTS && plane.isAlive()) {
      const call = generator.next();
      counts.sent += call.copies;
      counts.kind[call.kind] = (counts.kind[call.kind] ?? 0) + call.copies;
      await Promise.all(Array.from({ length: call.copies }, () => send(call, agent)));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  agent.destroy();
}

async function send(call, agent) {
  const outcome = await exchange(call, { port: plane.port, agent });
  const failed = outcome.status >= 500 ? ` ${call.method} ${call.path.split('?', 1)[0]}` : '';
  const key = (outcome.status ?? Object.keys(outcome)[0]) + failed;
  counts.status[key] = (counts.status[key] ?? 0) + 1;
  const fault = judge.fault(call, outcome);
  if (fault) faults.push(`${fault}\n    ${describe(call, outcome)}`);
  if (
    outcome.status < 300 &&
    outcome.text &&
    outcome.headers['content-type']?.startsWith('application/json')
  ) {
    world.learn(call.operation, JSON.parse(outcome.text));
  }
}

function describe({ kind, method, path, headers, lines = [], body, framing }, outcome) {
  const sent = [kind, framing, `${method} ${path}`, JSON.stringify([headers, lines]), String(body)];
  return `${sent.map((part) => part.slice(0, 400)).join(' | ')}\n    → ${JSON.stringify(outcome).slice(0, 600)}`;
}

async function heldWhenEmpty() {
  await removeEverything(plane.port, TOKENS.adminToken);
  await new Promise((resume) => setTimeout(resume, 500));
  return plane.held();
}

function report() {
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const list = (record) =>
    Object.entries(record)
      .map(([key, count]) => `${key} ${count}`)
      .join(' · ');
  process.stdout.write(
    `${counts.sent} requests in ${seconds} s, ${Math.min(generator.swept, generator.sweep.length)} of ${generator.sweep.length} values in members\nkinds: ${list(counts.kind)}\n`,
  );
  process.stdout.write(`answers: ${list(counts.status)}\n${tableOf(before, after)}\n`);
  if (faults.length === 0) return void process.stdout.write('no fault\n');
  process.stdout.write(`${faults.length} faults:\n${faults.map((fault) => `- ${fault}`).join('\n')}\n`);
  process.exitCode = 1;
}
