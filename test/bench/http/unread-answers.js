import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { builds, comparedText } from '../support/builds.js';
import { Connection, requestBytes } from '../support/connection.js';
import { startControlPlane } from '../support/servers.js';
import { quantiles, row } from '../support/statistics.js';

const CONNECTIONS = 10;
/** What one connection asks for in one go; each time it is everything. */
const REQUESTS = 1_000;
const EVERYTHING = [
  '/providers?max_page_size=1000',
  '/services/check',
  '/checks?max_page_size=1000',
  '/provider-status?max_page_size=1000',
  '/services',
  '/provider-health?max_page_size=1000',
  '/transitions?limit=1000',
  '/placement/candidates?limit=1000',
  '/openapi.json',
  '/docs/swagger-ui-bundle.js',
  '/healthz?components=true',
  '/health/metrics',
  '/tokens',
];

/** What a build that holds every answer may take of the memory of this machine before its run is cut short. */
const MAX_MIB = 2_048;
const SAMPLE_EVERY_MS = 50;
const PROBE_EVERY_MS = 20;
const AT_ONCE = 16;
const METADATA_BYTES = 6_000;

const RATIO_GOAL = { atMost: 2 };
const HEALTHZ_GOAL = { atMost: 250 };

/** What memory and latency become of a control plane whose answers are asked for and not read. */
export async function benchUnreadAnswers({
  size = 5_000,
  seconds = 30,
  settleSeconds = 10,
  rounds = 2,
} = {}) {
  const compared = builds();
  const measured = {};
  const notes = [];
  for (let round = 0; round < rounds; round++) {
    for (const [name, build] of Object.entries(compared)) {
      const one = await measure(build, { size, seconds, settleSeconds });
      (measured[name] ??= []).push(one);
      if (one.cutShortAfter !== undefined) {
        notes.push(
          `${name === 'app' ? 'This build' : 'The build before'} took ${MAX_MIB} MiB after ${one.cutShortAfter.toFixed(1)} s, and its run was ended.`,
        );
      }
    }
  }
  return {
    title: 'Answers that nobody reads',
    how: `${CONNECTIONS} connections each pipeline ${REQUESTS} requests for all lists, the description of the API, its page and health, in pages as large as there are, and read nothing, for ${seconds} s; one that is ended is opened anew. Authentication is off. There are ${size.toLocaleString('en')} providers with ${METADATA_BYTES} bytes of metadata each, and as many services with a check. Meanwhile \`GET /healthz\` and a heartbeat are sent every ${PROBE_EVERY_MS} ms, each on a connection of its own, the next when the one before is answered; what was never answered counts with how long it was waited for. The resident set is sampled every ${SAMPLE_EVERY_MS} ms; idle is what it was after ${settleSeconds} s without a request. A run ends early at ${MAX_MIB} MiB.${comparedText()}`,
    notes,
    rows: [
      ...rowsOf('', measured.app, true),
      ...(measured.before ? rowsOf(', the build before', measured.before, false) : []),
    ],
  };
}

function rowsOf(suffix, runs, isGoal) {
  const of = (pick) => runs.map(pick);
  const goal = (one) => (isGoal ? one : undefined);
  return [
    row(
      `resident set, idle${suffix}`,
      'MiB',
      1,
      of(({ idleMiB }) => idleMiB),
    ),
    row(
      `resident set, most${suffix}`,
      'MiB',
      1,
      of(({ peakMiB }) => peakMiB),
    ),
    row(
      `most / idle${suffix}`,
      '',
      2,
      of(({ idleMiB, peakMiB }) => peakMiB / idleMiB),
      goal(RATIO_GOAL),
    ),
    ...['healthz', 'beat'].flatMap((kind) =>
      ['p50Ms', 'p99Ms', 'maxMs'].map((quantile) =>
        row(
          `${kind === 'healthz' ? 'GET /healthz' : 'a heartbeat'}, ${NAMES[quantile]}${suffix}`,
          'ms',
          1,
          of((run) => run[kind][quantile]),
          kind === 'healthz' && quantile === 'maxMs' ? goal(HEALTHZ_GOAL) : undefined,
        ),
      ),
    ),
    row(
      `probes that were answered${suffix}`,
      '',
      0,
      of(({ healthz }) => healthz.answered),
    ),
  ];
}

const NAMES = { p50Ms: 'p50', p99Ms: 'p99', maxMs: 'longest' };

async function measure(build, { size, seconds, settleSeconds }) {
  const plane = await startControlPlane({
    build,
    environment: { VITALS_ADMIN_TOKEN: undefined, VITALS_RATE_LIMIT: '0' },
  });
  let readers = [];
  const running = { goesOn: true };
  try {
    await fill(plane, size);
    await sleep(settleSeconds * 1_000);
    const idleMiB = plane.residentMiB().now;
    const healthz = { kind: requestBytes({ path: '/healthz' }), latenciesMs: [] };
    const beat = { kind: beatBytes(0), latenciesMs: [] };
    const probing = [healthz, beat].map((probe) => keepAsking(plane.port, probe, running));
    await sleep(500);
    healthz.latenciesMs.length = 0;
    beat.latenciesMs.length = 0;
    readers = Array.from({ length: CONNECTIONS }, (_, at) => keepUnread(plane.port, at, running));
    const startedMs = performance.now();
    let peakMiB = idleMiB;
    let cutShortAfter;
    while (performance.now() - startedMs < seconds * 1_000 && cutShortAfter === undefined) {
      await sleep(SAMPLE_EVERY_MS);
      peakMiB = Math.max(peakMiB, plane.residentMiB().now);
      if (peakMiB > MAX_MIB) cutShortAfter = (performance.now() - startedMs) / 1_000;
    }
    running.goesOn = false;
    await Promise.all(probing.map((one) => one.stop()));
    const told = ({ latenciesMs }) => ({ ...quantiles(latenciesMs), answered: latenciesMs.length });
    return { idleMiB, peakMiB, cutShortAfter, healthz: told(healthz), beat: told(beat) };
  } finally {
    running.goesOn = false;
    for (const reader of readers) reader.stop();
    await plane.kill();
  }
}

/** Registers providers and services, and lets every provider beat once. */
async function fill(plane, size) {
  const numbers = Array.from({ length: size }, (_, at) => at).values();
  const [connections] = [await Connection.openAll(plane.port, AT_ONCE)];
  const send = async (connection, about, status) => {
    const answer = await connection.ask(requestBytes(about));
    if (answer.status !== status)
      throw new Error(`${about.path} was answered ${answer.status} ${answer.body}`);
  };
  await Promise.all(
    connections.map(async (connection) => {
      for (const number of numbers) {
        await send(connection, { method: 'POST', path: '/providers', body: providerText(number) }, 201);
        await send(connection, { method: 'POST', path: '/services', body: serviceText(number) }, 200);
        await send(connection, beatOf(number), 200);
      }
      connection.close();
    }),
  );
}

function providerText(number) {
  return JSON.stringify({
    name: nameOf(number),
    endpoint: 'http://127.0.0.1:9',
    service_type: 'vm',
    schema_version: 'v1',
    metadata: { note: String(number % 10).repeat(METADATA_BYTES) },
  });
}

function serviceText(number) {
  const check = { interval: 3_600_000 };
  return JSON.stringify({
    serviceId: `bench.${number}`,
    protocol: 'http',
    address: '127.0.0.1',
    port: 9,
    check,
  });
}

function beatOf(number) {
  const body = JSON.stringify({ timestamp: new Date().toISOString(), phase: 'Ready' });
  return { method: 'PUT', path: `/providers/${nameOf(number)}/status`, body };
}

function beatBytes(number) {
  return requestBytes(beatOf(number));
}

function nameOf(number) {
  return `bench-${number}`;
}

/** Asks the same again and again, and notes how long each answer took. */
function keepAsking(port, { kind, latenciesMs }, running) {
  let sentMs;
  let connection;
  const asking = (async () => {
    connection = await Connection.open(port);
    while (running.goesOn) {
      sentMs = performance.now();
      await connection.ask(kind);
      latenciesMs.push(performance.now() - sentMs);
      sentMs = undefined;
      await sleep(PROBE_EVERY_MS);
    }
  })().catch(() => undefined);
  return {
    /** Whatever is waited for in vain counts as it is. */
    async stop() {
      await Promise.race([asking, sleep(5 * PROBE_EVERY_MS)]);
      if (sentMs !== undefined) latenciesMs.push(performance.now() - sentMs);
      connection?.close();
    },
  };
}

/** A connection that asks for everything and reads nothing, opened anew whenever it is ended. */
function keepUnread(port, offset, running) {
  let socket;
  const lines = Array.from({ length: REQUESTS }, (_, at) =>
    requestBytes({ path: EVERYTHING[(at + offset) % EVERYTHING.length] }),
  );
  const open = () => {
    socket = connect({ host: '127.0.0.1', port }).pause();
    socket.on('error', () => undefined);
    socket.on('close', () => running.goesOn && setTimeout(open, SAMPLE_EVERY_MS));
    socket.write(Buffer.concat(lines));
  };
  open();
  return { stop: () => socket.destroy() };
}
