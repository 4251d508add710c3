import { copyDatabase, fleetOf, HIGH_LIMIT } from '../fleet/fleet.js';
import { transitionsSince } from '../fleet/transitions.js';
import { temporaryFolder } from '../support/folders.js';
import { drive, startDriver } from '../support/load.js';
import { startControlPlane } from '../support/servers.js';
import { pluck, row } from '../support/statistics.js';

const READY_GOAL = { atMost: 2_000 };
const NONE = { atLeast: 0, atMost: 0 };
const INTERVAL_SECONDS = 10;
const CONNECTIONS = 200;

/** What providers may be told at most, and what is added to every deadline, in seconds. */
const LONGEST_INTERVAL_SECONDS = 11;
const GRACE_SECONDS = 3;

/** How long a control plane with a large fleet is away when it is started again, and whom that marks. */
export async function benchRestart({ size = 100_000, rounds = 5, missedBeats = 3 } = {}) {
  const fleet = await fleetOf(size);
  const driver = await startDriver();
  const measured = [];
  try {
    await driver.ask('prepare', { as: 'beats', kind: 'beats', file: fleet.file });
    for (let round = 0; round < rounds; round++) measured.push(await measure(fleet, driver, missedBeats));
  } finally {
    await driver.stop();
  }
  const emptyRow = row('ready with an empty database', 'ms', 0, pluck(measured, 'emptyMs'));
  return {
    title: 'A restart',
    how: `A control plane with ${size.toLocaleString('en')} providers is started after it was stopped by a signal, receives heartbeats of the fleet for ${INTERVAL_SECONDS / 2} s, killed (\`kill -9\`), and started again; ready is the first 200 of \`GET /health/ready\`, counted from the start of the process. The file is in the page cache. Then each provider sends a heartbeat every ${INTERVAL_SECONDS} s, until every deadline that the restart gave has passed. Whatever \`GET /transitions\` has of the time since the first start is false. ${rounds} runs.`,
    rows: [
      row('ready after it was stopped', 'ms', 0, pluck(measured, 'stoppedMs'), READY_GOAL, emptyRow),
      row('ready after it was killed', 'ms', 0, pluck(measured, 'killedMs'), READY_GOAL, emptyRow),
      emptyRow,
      row('false transitions', '', 0, pluck(measured, 'falseTransitions'), NONE),
      row('p99 of the first heartbeats after the restart', 'ms', 1, pluck(measured, 'p99Ms')),
    ],
  };
}

async function measure(fleet, driver, missedBeats) {
  const folder = temporaryFolder();
  copyDatabase(fleet.folder, folder);
  const about = { of: 'beats', connections: CONNECTIONS, perSecond: fleet.size / INTERVAL_SECONDS };
  const environment = { ...HIGH_LIMIT, VITALS_MISSED_BEATS: String(missedBeats) };
  const allowedSilenceSeconds = missedBeats * LONGEST_INTERVAL_SECONDS + GRACE_SECONDS;
  const laterRounds = Math.ceil(allowedSilenceSeconds / INTERVAL_SECONDS) - 1;
  const empty = await startControlPlane();
  await empty.stop();
  const stopped = await startControlPlane({ folder, environment });
  try {
    await drive(stopped, driver, 'paced', { ...about, seconds: INTERVAL_SECONDS / 2 });
  } finally {
    await stopped.kill();
  }
  const killed = await startControlPlane({ folder, environment });
  try {
    const { p99Ms } = await drive(killed, driver, 'paced', { ...about, seconds: INTERVAL_SECONDS });
    await drive(killed, driver, 'paced', { ...about, seconds: laterRounds * INTERVAL_SECONDS });
    const { length } = await transitionsSince(killed, fleet.lastSequence);
    return {
      emptyMs: empty.readyMs,
      stoppedMs: stopped.readyMs,
      killedMs: killed.readyMs,
      falseTransitions: length,
      p99Ms,
    };
  } finally {
    await killed.stop();
  }
}
