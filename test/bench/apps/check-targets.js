import { createServer } from 'node:http';

/**
 * What checks look at: every address of 127.0.0.0/8 at one port is a target of its own. Notes when each is asked;
 * those in `deadFrom` and after it are never answered any more.
 */
let arrivals = new Map();
/** How often each path was asked, of all targets. */
let asked = new Map();
const documents = new Map();
let deadFrom = Number.POSITIVE_INFINITY;
const hung = new Set();

/** The number of a target, from its address 127.1.a.b. */
function numberOf(host) {
  const [, , third, fourth] = host.split(/[.:]/);
  return Number(third) * 250 + Number(fourth);
}

/** What an actuator says of so many components that it has about as many bytes. */
function documentOf(bytes) {
  const known = documents.get(bytes);
  if (known) return known;
  const components = {};
  const text = () => JSON.stringify({ status: 'UP', components });
  for (let at = 0; text().length < bytes - 400; at++)
    components[`datasource-${at}`] = {
      status: 'UP',
      details: {
        database: 'PostgreSQL',
        validationQuery: 'isValid()',
        url: `jdbc:postgresql://orders-${at}.db.internal.example.org:5432/orders?ssl=true&applicationName=orders`,
        pool: { active: at % 7, idle: 10, max: 20, pending: 0, waitedMs: 0.25 },
        free: 91_300_069_376,
        threshold: 10_485_760,
        exists: true,
        description:
          'The connections that this instance holds to the database of orders, and how many wait for one.',
      },
    };
  const document = Buffer.from(text());
  documents.set(bytes, document);
  return document;
}

function answer(request, response) {
  const bytes = /^\/document\/(\d+)/.exec(request.url)?.[1];
  const body = bytes ? documentOf(Number(bytes)) : 'ok';
  const type = bytes ? { 'content-type': 'application/json' } : {};
  response.writeHead(200, { 'content-length': body.length, ...type }).end(body);
}

const server = createServer((request, response) => {
  const nowMs = performance.now();
  const number = numberOf(request.headers.host);
  asked.set(request.url, (asked.get(request.url) ?? 0) + 1);
  const times = arrivals.get(number);
  if (times) times.push(nowMs);
  else arrivals.set(number, [nowMs]);
  if (number < deadFrom) answer(request, response);
  else hung.add(response);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '0.0.0.0', 16_384, () => process.send({ listening: server.address().port }));

const ANSWERS = {
  /** Forgets what came so far. */
  clear() {
    arrivals = new Map();
    asked = new Map();
    return {};
  },
  asked() {
    return Object.fromEntries(asked);
  },
  kill({ from }) {
    deadFrom = from;
    return {};
  },
  /** How often the living were asked, and how late: against the earliest grid of its interval that each one kept. */
  lateness({ intervalMs, living }) {
    const lateMs = [];
    for (const [number, times] of arrivals) {
      if (number >= living || times.length < 2) continue;
      const offsets = times.map((atMs) => atMs - Math.round((atMs - times[0]) / intervalMs) * intervalMs);
      const firstMs = Math.min(...offsets);
      for (const offset of offsets) lateMs.push(offset - firstMs);
    }
    lateMs.sort((a, b) => a - b);
    const alive = [...arrivals.entries()].filter(([number]) => number < living);
    return {
      targets: alive.length,
      requests: alive.reduce((sum, [, times]) => sum + times.length, 0),
      p50Ms: lateMs[Math.floor(lateMs.length * 0.5)],
      p99Ms: lateMs[Math.floor(lateMs.length * 0.99)],
      maxMs: lateMs.at(-1),
    };
  },
};

process.on('message', ({ question, ...about }) => process.send({ answer: ANSWERS[question](about) }));
