import { createServer } from 'node:http';

/**
 * What checks look at: every address of 127.0.0.0/8 at one port is a target of its own. Notes when each is asked;
 * those in `deadFrom` and after it are never answered any more.
 */
let arrivals = new Map();
let deadFrom = Number.POSITIVE_INFINITY;
const hung = new Set();

/** The number of a target, from its address 127.1.a.b. */
function numberOf(host) {
  const [, , third, fourth] = host.split(/[.:]/);
  return Number(third) * 250 + Number(fourth);
}

const server = createServer((request, response) => {
  const nowMs = performance.now();
  const number = numberOf(request.headers.host);
  const times = arrivals.get(number);
  if (times) times.push(nowMs);
  else arrivals.set(number, [nowMs]);
  if (number < deadFrom) response.writeHead(200, { 'content-length': 2 }).end('ok');
  else hung.add(response);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '0.0.0.0', 16_384, () => process.send({ listening: server.address().port }));

const ANSWERS = {
  /** Forgets what came so far. */
  clear() {
    arrivals = new Map();
    return {};
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
    const asked = [...arrivals.entries()].filter(([number]) => number < living);
    return {
      targets: asked.length,
      requests: asked.reduce((sum, [, times]) => sum + times.length, 0),
      p50Ms: lateMs[Math.floor(lateMs.length * 0.5)],
      p99Ms: lateMs[Math.floor(lateMs.length * 0.99)],
      maxMs: lateMs.at(-1),
    };
  },
};

process.on('message', ({ question, ...about }) => process.send({ answer: ANSWERS[question](about) }));
