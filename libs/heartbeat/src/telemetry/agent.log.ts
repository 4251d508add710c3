import type { HeartbeatAgent } from '../agent/heartbeat.agent.js';

/** Takes one line for each event; Nest's `Logger` is one. */
export interface AgentLog {
  log(line: string): void;
  warn(line: string): void;
  error(line: string): void;
  debug(line: string): void;
}

/**
 * Writes down what happens to an agent: once when heartbeats begin to fail and once when they are acknowledged
 * again, not every try between; what is routine only for debugging.
 */
export function logAgent(agent: HeartbeatAgent, log: AgentLog): void {
  let failures = 0;
  agent
    .on('registered', ({ generation }) => log.log(`registered as ${agent.name}, generation ${generation}`))
    .on('failed', ({ reason, retryInMs }) => {
      const line = `heartbeats fail: ${reason}; next try in ${retryInMs} ms`;
      if (failures++ === 0) log.warn(line);
      else log.debug(line);
    })
    .on('beat', ({ phase, latencyMs, nextIntervalMs }) => {
      if (failures > 0) log.log(`heartbeats are acknowledged again, after ${failures} failed tries`);
      failures = 0;
      log.debug(`${phase}, acknowledged in ${Math.round(latencyMs)} ms, next in ${nextIntervalMs} ms`);
    })
    .on('info', ({ latencyMs }) => log.debug(`info acknowledged in ${Math.round(latencyMs)} ms`))
    .on('drain', () => log.warn('an operator asks this provider to drain: take no new work'))
    .on('resume', () => log.log('the request to drain was taken back'))
    .on('fault', ({ source, reason }) => log.warn(`${source}: ${reason}`))
    .on('refused', ({ reason, advice }) =>
      log.error(`the control plane refuses this provider, heartbeats have stopped: ${reason}; ${advice}`),
    );
}
