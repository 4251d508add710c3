import autocannon from 'autocannon';

const CONNECTIONS = 40;

/**
 * Drives a server from this process, with autocannon on 40 keep-alive connections, for some `seconds` or an
 * `amount` of requests; every answer must be a 2xx. CPU time is that of the server's process.
 */
export async function drive({ url, cpuSeconds }, { seconds, amount, path = '', requests }) {
  const cpuBefore = cpuSeconds();
  const result = await autocannon({
    url: `${url}${path}`,
    connections: CONNECTIONS,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    ...(requests && { requests }),
  });
  const cpu = cpuSeconds() - cpuBefore;
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were no 2xx, ${result.errors} requests failed`);
  }
  const total = result['2xx'];
  if (amount !== undefined && total !== amount) throw new Error(`${url}: ${total} answers, not ${amount}`);
  return {
    perSecond: total / result.duration,
    cpuMicros: (cpu * 1e6) / total,
    p99Ms: result.latency.p99,
  };
}

/**
 * Drives `GET /health` of a server from a `client` of `apps/`, which costs less than what it drives, on 40
 * keep-alive connections; every answer must be a 200. `coreShare` is how much of one core the server used:
 * well below 1, something else set the pace.
 */
export async function flood({ port, cpuSeconds }, client, seconds) {
  const cpuBefore = cpuSeconds();
  const driven = await client.ask('flood', { port, connections: CONNECTIONS, seconds });
  const cpu = cpuSeconds() - cpuBefore;
  return {
    perSecond: driven.answers / driven.seconds,
    cpuMicros: (cpu * 1e6) / driven.answers,
    coreShare: cpu / driven.seconds,
  };
}

/**
 * Measures subjects one after the other in every round, beginning each round with another of them.
 * @returns the measurements of every subject, in the order of the rounds, under its name
 */
export async function alternate(subjects, rounds, measure) {
  const names = Object.keys(subjects);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      measured[name].push(await measure(subjects[name], name));
    }
  }
  return measured;
}
