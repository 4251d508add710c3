import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '@vitals/core/time';
import type { AgentEvents } from '../src/telemetry/agent.events.js';
import { HeartbeatAgent } from '../src/agent/heartbeat.agent.js';
import type { HeartbeatAgentOptions } from '../src/agent/agent.options.js';
import { type FakeControlPlane, until } from './fake-control-plane.js';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** The epoch milliseconds at which the clock of a watched agent starts. */
export const START_MS = Date.UTC(2026, 0, 1);

const EVENTS = [
  'registered',
  'beat',
  'info',
  'failed',
  'refused',
  'unheard',
  'drain',
  'resume',
  'fault',
] as const;

const agents: HeartbeatAgent[] = [];

afterEachTest(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.abandon()));
});

/** An agent on a clock that stands still, and all that happened to it; abandoned after the test. */
export class WatchedAgent {
  readonly clock = new ManualClock(START_MS);
  readonly agent: HeartbeatAgent;
  private readonly events: { readonly name: keyof AgentEvents; readonly event: unknown }[] = [];

  constructor(
    controlPlane: FakeControlPlane | readonly string[],
    options: Partial<HeartbeatAgentOptions> = {},
  ) {
    this.agent = new HeartbeatAgent(
      {
        controlPlane: 'url' in controlPlane ? controlPlane.url : controlPlane,
        name: 'vm-1',
        register: { endpoint: 'http://vm-1:8080', service_type: 'vm', schema_version: '1' },
        ...options,
      },
      this.clock,
    );
    for (const name of EVENTS) this.agent.on(name, (event) => this.events.push({ name, event }));
    agents.push(this.agent);
  }

  of<Name extends keyof AgentEvents>(name: Name): AgentEvents[Name][] {
    return this.events.filter((one) => one.name === name).map(({ event }) => event as AgentEvents[Name]);
  }

  /** Waits until this happened `count` times, and the agent has gone on from there. */
  async after(name: keyof AgentEvents, count = 1): Promise<void> {
    await until(async () => {
      await this.clock.advance(0);
      return this.of(name).length >= count;
    });
    await turn();
  }

  /** Starts, and waits for the first beat. */
  async started(): Promise<this> {
    this.agent.start();
    await this.after('beat');
    return this;
  }

  /** Moves the clock to the next try after the last failure. */
  async untilRetry(): Promise<void> {
    await this.clock.advance((this.of('failed').at(-1)?.retryInMs ?? 0) + 1);
  }
}

/** What a beat of this time says of it. */
export function stamp(elapsedMs: number): string {
  return new Date(START_MS + elapsedMs).toISOString();
}
