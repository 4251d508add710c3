import type { HeartbeatAgent } from '../agent/heartbeat.agent.js';
import type { CallKind } from './agent.metrics.js';

/** Takes one line for each event. What is routine, such as each heartbeat, is written only where there is `debug`. */
export interface AgentLog {
  log(line: string): void;
  warn(line: string): void;
  error(line: string): void;
  debug?(line: string): void;
}

/** What fails, and what is well again, in the words of people. */
const NAMES: Readonly<Record<CallKind, { readonly fails: string; readonly back: string }>> = {
  registration: { fails: 'the registration fails', back: '' },
  beat: { fails: 'heartbeats fail', back: 'heartbeats are acknowledged again' },
  info: { fails: 'info updates fail', back: 'info updates are acknowledged again' },
};

/**
 * Writes down what happens to an agent: once when something begins to fail at an endpoint, or fails otherwise, and once
 * when it is acknowledged again, not every try between; what is routine only to `debug`.
 */
export function logAgent(agent: HeartbeatAgent, log: AgentLog): void {
  const failures = { registration: 0, beat: 0, info: 0 };
  const back = (call: CallKind, endpoint: string): void => {
    const count = failures[call];
    failures[call] = 0;
    if (count > 0) log.log(`${NAMES[call].back} by ${endpoint}, after ${count} failed tries`);
  };
  agent
    .on('registered', ({ generation }) => {
      failures.registration = 0;
      log.log(`registered as ${agent.name}, generation ${generation}`);
    })
    .on('failed', ({ call, endpoint, reason, retryInMs, isNews }) => {
      failures[call]++;
      const next = retryInMs === 0 ? 'trying the next endpoint now' : `next try in ${retryInMs} ms`;
      const line = `${NAMES[call].fails} at ${endpoint}: ${reason}; ${next}`;
      if (isNews) log.warn(line);
      else log.debug?.(line);
    })
    .on('beat', ({ phase, latencyMs, nextIntervalMs, endpoint }) => {
      back('beat', endpoint);
      log.debug?.(`${phase}, acknowledged in ${Math.round(latencyMs)} ms, next in ${nextIntervalMs} ms`);
    })
    .on('info', ({ latencyMs, endpoint }) => {
      back('info', endpoint);
      log.debug?.(`info acknowledged in ${Math.round(latencyMs)} ms`);
    })
    .on('drain', () => log.warn('an operator requests this provider to drain: accept no new work'))
    .on('resume', () => log.log('the request to drain was taken back'))
    .on('fault', ({ source, reason }) => log.warn(`${source}: ${reason}`))
    .on('unheard', ({ endpoint, reason }) =>
      log.warn(`nobody acknowledged the last heartbeat, which says Draining: ${endpoint}: ${reason}`),
    )
    .on('refused', ({ endpoint, reason, advice }) =>
      log.error(
        `the control plane refuses this provider, heartbeats have stopped: ${endpoint}: ${reason}; ${advice}`,
      ),
    );
}
