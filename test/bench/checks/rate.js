import { setTimeout as sleep } from 'node:timers/promises';
import { besideBefore, builds, comparedText } from '../support/builds.js';
import { stopAll } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';
import { INTERVAL_MS, startBare, startChecking, startTargets } from './targets.js';

const LATENESS_GOAL = { atMost: 100 };
const CPU_GOAL = { atMost: 1 };

/** What so many checks cost, how late they start, and whether the dead delay the living. */
export async function benchCheckRate({ size = 10_000, rounds = 3, seconds = 40, settleSeconds = 25 } = {}) {
  const servers = {};
  const measured = { dead: [], bare: [] };
  const compared = builds();
  const measureBuild = async (name) => {
    servers.targets = await startTargets();
    servers[name] = await startChecking(servers.targets, size, INTERVAL_MS, compared[name]);
    await sleep(settleSeconds * 1_000);
    for (let round = 0; round < rounds; round++) {
      (measured[name] ??= []).push(await look(servers[name], servers.targets, seconds, size));
    }
  };
  try {
    if (compared.before) {
      // by turns: the first build once before the other and once behind it
      for (const name of ['app', 'before', 'before']) {
        await measureBuild(name);
        await stopAll([servers[name], servers.targets]);
      }
    }
    await measureBuild('app');
    await servers.targets.ask('kill', { from: size / 2 });
    for (let round = 0; round < rounds; round++) {
      measured.dead.push(await look(servers.app, servers.targets, seconds, size / 2));
    }
    await stopAll([servers.app, servers.targets]);
    servers.targets = await startTargets();
    servers.bare = await startBare(servers.targets, size);
    await sleep(settleSeconds * 1_000);
    for (let round = 0; round < rounds; round++) {
      measured.bare.push(await look(servers.bare, servers.targets, seconds, size));
    }
  } finally {
    await stopAll(servers);
  }
  return {
    title: 'Checks over HTTP',
    how: `${size.toLocaleString('en')} targets, each at an address of its own, are checked every ${INTERVAL_MS / 1_000} s over keep-alive connections, in ${rounds} windows of ${seconds} s; all results are judged and kept. Lateness is seen by the targets: how much later than the earliest phase of its own interval each request came. Then half of the targets stop answering (they accept the request and send no response), and the same is measured of the living, from that moment on. For comparison, a loop that only sends the requests with undici.${comparedText()}`,
    rows: rowsOf(measured),
  };
}

function rowsOf({ app, before, dead, bare }) {
  const bareCpu = row('cores used, bare undici', '', 3, pluck(bare, 'coreShare'));
  const bareP99 = row('lateness p99, bare undici', 'ms', 1, pluck(bare, 'p99Ms'));
  return [
    row('cores used', '', 3, pluck(app, 'coreShare'), CPU_GOAL, bareCpu),
    bareCpu,
    row('lateness p99', 'ms', 1, pluck(app, 'p99Ms'), LATENESS_GOAL, bareP99),
    bareP99,
    ...besideBefore({ app, before }, [
      ['cores used', '', 3, 'coreShare'],
      ['lateness p99', 'ms', 1, 'p99Ms'],
    ]),
    row('lateness, longest', 'ms', 1, pluck(app, 'maxMs')),
    row('checks', '1/s', 0, pluck(app, 'perSecond')),
    row('lateness p99 of the living, half are dead', 'ms', 1, pluck(dead, 'p99Ms'), LATENESS_GOAL),
    row('checks of the living, half are dead', '1/s', 0, pluck(dead, 'perSecond')),
    row('cores used, half are dead', '', 3, pluck(dead, 'coreShare')),
    row('resident set', 'MiB', 1, pluck(app, 'residentMiB')),
    row('resident set, bare undici', 'MiB', 1, pluck(bare, 'residentMiB')),
  ];
}

/** What a process does for some seconds, and what the living targets see of it. */
export async function look(server, targets, seconds, living) {
  await targets.ask('clear');
  const cpuBefore = server.cpuSeconds();
  const beganMs = performance.now();
  await sleep(seconds * 1_000);
  const passed = (performance.now() - beganMs) / 1_000;
  const coreShare = (server.cpuSeconds() - cpuBefore) / passed;
  const seen = await targets.ask('lateness', { intervalMs: INTERVAL_MS, living });
  return { ...seen, coreShare, perSecond: seen.requests / passed, residentMiB: server.residentMiB().now };
}
