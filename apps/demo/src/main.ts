import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePorts, Processes } from './processes.js';
import { describeChanges, drawScreen } from './screen.js';
import { type Observation, observe } from './watch.js';

const USAGE = `usage: npm run demo

Starts a control plane on a free port, three providers and two services, makes some of them fail, and shows
what the control plane answers. On a terminal it goes on until Ctrl+C; where its output is a file or a pipe it
writes a line for each change, and ends after a minute. DEMO_VERBOSE=1 shows what the processes log.
`;

const PROVIDERS = ['amber', 'basalt', 'coral'] as const;
/** Services and the kind of their check. */
const SERVICES = [
  ['demo.invoices', 'http'],
  ['demo.mailer', 'ttl'],
] as const;
/** How often the screen is drawn, in milliseconds. */
const REFRESH_MS = 500;

/** What happens, by seconds since the start; the last step ends a demo that nobody watches. */
const STORY: readonly {
  readonly at: number;
  readonly tells: string;
  readonly fault?: readonly [method: string, process: number, path: string];
}[] = [
  { at: 0, tells: 'three providers send heartbeats, two services are checked, every 2 s' },
  { at: 10, tells: 'coral stops sending heartbeats', fault: ['PUT', 2, '/faults/silent'] },
  { at: 15, tells: 'invoices answers its checks with 503', fault: ['PUT', 3, '/faults'] },
  { at: 22, tells: 'coral sends heartbeats again', fault: ['DELETE', 2, '/faults/silent'] },
  {
    at: 30,
    tells: 'the disk of basalt fails: it sends heartbeats, but is not ready',
    fault: ['PUT', 1, '/faults/disk'],
  },
  { at: 36, tells: 'mailer stops reporting its health', fault: ['PUT', 4, '/faults'] },
  { at: 42, tells: 'the disk of basalt works again', fault: ['DELETE', 1, '/faults/disk'] },
  { at: 56, tells: 'both services were critical for 10 s and are removed; this is the end' },
];

readCommandLine();
const [controlPlanePort = 0, ...ports] = await freePorts(1 + PROVIDERS.length + SERVICES.length);
const controlPlane = `http://127.0.0.1:${controlPlanePort}`;
const healthzUrls = new Map([
  ['control plane', `${controlPlane}/healthz?components=true`],
  ...PROVIDERS.map(
    (name, index) => [name, `http://127.0.0.1:${ports[index]}/healthz?components=true`] as const,
  ),
]);
const interactive = process.stdout.isTTY;
const processes = new Processes();
let ending = false;
process.on('SIGINT', () => (ending = true));
process.on('SIGTERM', () => (ending = true));

processes.start('../../control-plane/dist/main.js', [], {
  HOST: '127.0.0.1',
  PORT: String(controlPlanePort),
  DATABASE_URL: 'sqlite::memory:',
  VITALS_HEARTBEAT_INTERVAL: '2s',
  VITALS_DRAIN: '0',
  LOG_LEVEL: 'error',
});
PROVIDERS.forEach((name, index) =>
  processes.start('./provider/main.js', [name, controlPlane, String(ports[index])]),
);
SERVICES.forEach(([serviceId, kind], index) => {
  const port = String(ports[PROVIDERS.length + index]);
  processes.start('./service/main.js', [kind, serviceId, controlPlane, port]);
});

let startedMs = performance.now();
let step = -1;
let before: Observation | undefined;
while (!ending && (interactive || step < STORY.length - 1)) {
  // the story begins when all are there to play their part
  if (step === 0 && !isComplete(before)) startedMs = performance.now();
  const elapsedMs = performance.now() - startedMs;
  for (let next = STORY[step + 1]; next && elapsedMs >= next.at * 1_000; next = STORY[step + 1]) {
    step++;
    if (!interactive)
      process.stdout.write(`${(elapsedMs / 1_000).toFixed(1).padStart(5)} s  == ${next.tells}\n`);
    if (!next.fault) continue;
    const [method, index, path] = next.fault;
    await fetch(`http://127.0.0.1:${ports[index]}${path}`, { method }).catch(() => undefined);
  }
  const now = await observe(controlPlane, healthzUrls).catch(() => undefined);
  if (now && interactive) {
    const screen = drawScreen(now, STORY[step]?.tells ?? '', elapsedMs, Date.now());
    process.stdout.write(`\u001b[H\u001b[J${screen}\n\n${controlPlane}  (Ctrl+C ends the demo)\n`);
  } else if (now) {
    for (const line of describeChanges(before, now, elapsedMs)) process.stdout.write(`${line}\n`);
  }
  before = now ?? before;
  await sleep(REFRESH_MS);
}
await processes.stop();

function isComplete(seen: Observation | undefined): boolean {
  const alive = seen?.providers.filter(({ availability }) => availability === 'Available') ?? [];
  const passing = seen?.checks.filter(({ status }) => status === 'Passing') ?? [];
  return alive.length === PROVIDERS.length && passing.length === SERVICES.length;
}

/** Ends the process for `--help`, and for arguments: there are none. */
function readCommandLine(): void {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return;
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    const [reason] = (error as Error).message.split('. ', 1);
    process.stderr.write(`${reason}; --help shows the usage\n`);
    process.exit(2);
  }
}
