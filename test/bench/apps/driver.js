import { Connection } from '../support/connection.js';
import { KINDS, STAMP_BYTES } from '../fleet/requests.js';
import { quantiles } from '../support/statistics.js';

/** Keep-alive connections by port. */
const pools = new Map();

/** Requests by the name under which they were prepared. */
const prepared = new Map();

const stamp = Buffer.alloc(STAMP_BYTES);
let stampedSecond = 0;

/** What the process that started this one may ask for, by name. */
const questions = {
  /** Makes requests of one of `KINDS` once, so that sending one costs no more than a write. */
  async prepare({ as, kind, ...about }) {
    prepared.set(as, KINDS[kind](about));
    return prepared.get(as).requests.length;
  },

  /**
   * Sends one request on every connection in one go. Latencies count from before the first is sent;
   * `sentMs` is when the last was handed to the kernel.
   */
  async burst({ port, of, connections }) {
    const pool = await open(port, connections);
    const [request] = prepared.get(of).requests;
    const startedMs = performance.now();
    const answers = pool.map(async (connection) => {
      const { status } = await connection.ask(request);
      if (status !== 200) throw new Error(`a request was answered ${status}`);
      return performance.now() - startedMs;
    });
    const sentMs = performance.now() - startedMs;
    return { sentMs, latenciesMs: await Promise.all(answers) };
  },

  /** For `seconds`, or `amount` times, sends the next request on every connection as soon as an answer is there. */
  async closedLoop({ port, of, connections, seconds = Infinity, amount = Infinity }) {
    const pool = await open(port, connections);
    const next = supply(of);
    const latenciesMs = [];
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    const endMs = startedMs + seconds * 1_000;
    let started = 0;
    await eachAnswered(pool, (connection, done, fail) => {
      const send = (nowMs) => {
        if (nowMs >= endMs || started === amount) return done();
        started++;
        connection.send(next(), (status, answer) => {
          if (status !== 200) return fail(refused(answer));
          const answeredMs = performance.now();
          latenciesMs.push(answeredMs - nowMs);
          return send(answeredMs);
        });
      };
      send(startedMs);
    });
    return { answers: latenciesMs.length, ...since(startedMs, cpuBefore), ...quantiles(latenciesMs) };
  },

  /**
   * Sends `perSecond` requests at even distances for `seconds`, whether or not answers are there, each on the
   * connection that has been free for longest. Latencies count from when a request was due: one that waits for
   * this process or for a free connection is not excused. `lateP99Ms` is how late this process was by itself:
   * of requests that did not wait for a connection.
   */
  async paced({ port, of, connections, perSecond, seconds }) {
    const pool = await open(port, connections);
    const next = supply(of);
    const total = Math.round(perSecond * seconds);
    const latenciesMs = new Float64Array(total);
    const latenessMs = [];
    const free = [...pool];
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    const dueMs = (index) => startedMs + (index * 1_000) / perSecond;
    let sent = 0;
    let answers = 0;
    let starved = false;
    await new Promise((resolve, reject) => {
      for (const connection of pool) connection.fail = reject;
      const send = (index) => {
        const connection = free.shift();
        if (!starved) latenessMs.push(performance.now() - dueMs(index));
        connection.send(next(), (status, answer) => {
          if (status !== 200) return reject(refused(answer));
          latenciesMs[index] = performance.now() - dueMs(index);
          free.push(connection);
          if (++answers === total) return resolve();
          return sendDue();
        });
      };
      const sendDue = () => {
        const nowMs = performance.now();
        while (sent < total && free.length > 0 && dueMs(sent) <= nowMs) send(sent++);
        starved = sent < total && dueMs(sent) <= nowMs;
      };
      const tick = () => {
        sendDue();
        if (sent < total) setTimeout(tick, 1);
      };
      tick();
    });
    const late = quantiles(latenessMs);
    return { answers, ...since(startedMs, cpuBefore), ...quantiles(latenciesMs), lateP99Ms: late.p99Ms };
  },
};

/** The requests of a set in turn, each with the second of sending in it. */
function supply(name) {
  const { requests, stampsFromEnd } = prepared.get(name);
  let index = 0;
  return () => {
    const request = requests[index];
    index = index + 1 === requests.length ? 0 : index + 1;
    if (stampsFromEnd.length === 0) return request;
    const second = Math.floor(Date.now() / 1_000);
    if (second !== stampedSecond) stamp.write(new Date(second * 1_000).toISOString(), 0, 'latin1');
    stampedSecond = second;
    for (const distance of stampsFromEnd) stamp.copy(request, request.length - distance);
    return request;
  };
}

async function open(port, count) {
  const pool = (pools.get(port) ?? []).filter((connection) => !connection.closed);
  if (pool.length < count) pool.push(...(await Connection.openAll(port, count - pool.length)));
  for (const idle of pool.splice(count)) idle.close();
  pools.set(port, pool);
  return pool;
}

/** Resolves when `drive` has called `done` for every connection; rejects with the first failure. */
function eachAnswered(pool, drive) {
  const each = (connection) =>
    new Promise((resolve, reject) => {
      connection.fail = reject;
      drive(connection, resolve, reject);
    });
  return Promise.all(pool.map(each));
}

function since(startedMs, cpuBefore) {
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - startedMs) / 1_000;
  return { seconds, driverShare: (user + system) / 1e6 / seconds };
}

function refused(answer) {
  return new Error(`a request was refused: ${answer.toString('utf8', 0, 600)}`);
}

process.on('message', ({ question, ...about }) => {
  void questions[question](about).then(
    (answer) => process.send({ answer }),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send({ listening: 0 });
