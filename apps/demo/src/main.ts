import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, Processes } from './processes.js';
import { describeChanges, drawScreen } from './screen.js';
import { type Observation, observe } from './watch.js';

const PROVIDERS = ['amber', 'basalt', 'coral'] as const;
/** How often the screen is drawn, in milliseconds. */
const REFRESH_MS = 500;

/** What happens, by seconds since the start; the last step ends a demo that nobody watches. */
const STORY: readonly {
  readonly at: number;
  readonly tells: string;
  readonly fault?: readonly [method: string, provider: number, fault: string];
}[] = [
  { at: 0, tells: 'three providers register and beat every 2 s' },
  { at: 15, tells: 'coral goes silent', fault: ['PUT', 2, 'silent'] },
  { at: 30, tells: 'coral returns', fault: ['DELETE', 2, 'silent'] },
  { at: 36, tells: 'the disk of basalt fails: alive, but not ready', fault: ['PUT', 1, 'disk'] },
  { at: 46, tells: 'the disk of basalt is back', fault: ['DELETE', 1, 'disk'] },
  { at: 56, tells: 'that was all; Ctrl+C ends the demo' },
];

const [controlPlanePort = 0, ...ports] = await freePorts(1 + PROVIDERS.length);
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
  LOG_LEVEL: 'error',
});
PROVIDERS.forEach((name, index) =>
  processes.start('./provider/main.js', [name, controlPlane, String(ports[index])]),
);

const startedMs = performance.now();
let step = -1;
let before: Observation | undefined;
while (!ending && (interactive || step < STORY.length - 1)) {
  const elapsedMs = performance.now() - startedMs;
  for (let next = STORY[step + 1]; next && elapsedMs >= next.at * 1_000; next = STORY[step + 1]) {
    step++;
    if (!interactive)
      process.stdout.write(`${(elapsedMs / 1_000).toFixed(1).padStart(5)} s  == ${next.tells}\n`);
    if (!next.fault) continue;
    const [method, provider, fault] = next.fault;
    await fetch(`http://127.0.0.1:${ports[provider]}/faults/${fault}`, { method }).catch(() => undefined);
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
