import { startApp } from './servers.js';

/** Connections that keep a server busy in a closed loop. */
export const CONNECTIONS = 48;

/** A process that sends requests, with a young generation large enough that its own garbage is seldom collected. */
export function startDriver() {
  return startApp('driver', {}, ['--max-semi-space-size=64']);
}

/**
 * Drives a server from a `driver`, which costs less than what it drives: `how` is a question of it, `about` says
 * what and how long. Every answer must be a 200. `coreShare` is how much of one core the server used, all its
 * threads together; well below 1 in a closed loop, something else set the pace.
 */
export async function drive({ port, cpuSeconds }, driver, how, about) {
  const cpuBefore = cpuSeconds();
  const driven = await driver.ask(how, { port, ...about });
  const cpu = cpuSeconds() - cpuBefore;
  return {
    ...driven,
    perSecond: driven.answers / driven.seconds,
    cpuMicros: (cpu * 1e6) / driven.answers,
    coreShare: cpu / driven.seconds,
  };
}

/** The next request on each of some connections as soon as an answer is there; `of` names prepared requests. */
export function flood(server, driver, of, about) {
  return drive(server, driver, 'closedLoop', { of, connections: CONNECTIONS, ...about });
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
