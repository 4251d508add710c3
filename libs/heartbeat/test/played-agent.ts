import type { ManualClock } from '@vitals/core/time';
import { assemble } from '../src/agent/agent.parts.js';
import { readOptions } from '../src/agent/agent.settings.js';
import { BeatLoop } from '../src/agent/beat.loop.js';
import type { HeartbeatAgentOptions } from '../src/agent/agent.options.js';
import type { AgentEmitter } from '../src/telemetry/agent.events.js';
import type { MetricsRecorder } from '../src/telemetry/agent.metrics.js';
import type { Reply, Transport } from '../src/wire/exchange.js';

/** An agent whose time and whose network are played: for laws, over more time than a test may take. */
export class PlayedAgent {
  readonly recorder: MetricsRecorder;
  readonly emitter: AgentEmitter;
  private readonly loop: BeatLoop;
  private readonly over = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly clock: ManualClock,
    transport: Transport,
    options: Partial<HeartbeatAgentOptions> = {},
  ) {
    const settings = readOptions({
      controlPlane: 'http://played',
      name: 'vm-1',
      register: { endpoint: 'http://vm-1', service_type: 'vm', schema_version: '1' },
      ...options,
    });
    const parts = assemble(settings, clock, transport);
    this.recorder = parts.recorder;
    this.emitter = parts.emitter;
    this.loop = new BeatLoop(parts);
    this.running = this.loop.run(this.over.signal);
  }

  /** Lets time pass in steps, and looks after each. */
  async live(lastsMs: number, stepMs: number, look: () => void = () => undefined): Promise<void> {
    for (let elapsedMs = 0; elapsedMs < lastsMs; elapsedMs += stepMs) {
      await this.clock.advance(stepMs);
      look();
    }
  }

  /** Ends it; what is under way then is let end. */
  async end(): Promise<void> {
    this.over.abort();
    this.loop.wake();
    await this.clock.advance(60_000);
    await this.running;
  }
}

/** An answer as a control plane gives it: JSON, or a problem. */
export function said(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply {
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  return { status, headers: { 'content-type': type, ...headers }, text: JSON.stringify(body) };
}
