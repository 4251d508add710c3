import { Clock, formatTimestamp, SystemClock } from '@vitals/core/time';
import type { AgentEvents } from '../telemetry/agent.events.js';
import type { AgentMetrics } from '../telemetry/agent.metrics.js';
import { isAcknowledged } from '../wire/answer.js';
import { labelOf } from '../wire/base-url.js';
import type { HeartbeatAgentOptions } from './agent.options.js';
import { type AgentParts, assemble } from './agent.parts.js';
import { readOptions } from './agent.settings.js';
import { BeatLoop } from './beat.loop.js';

/** How long the last word at shutdown may take, at all endpoints together, in milliseconds. */
const FAREWELL_MS = 1_000;

/** Longer than any process lives between two beats, in milliseconds. */
const HOLD_MS = 2 ** 30;

/**
 * Keeps a provider alive in the eyes of the control plane: registers it, beats at the interval last told, and
 * sends its resources now and then. While it is started it keeps the process alive.
 */
export class HeartbeatAgent {
  private readonly parts: AgentParts;
  private stopping = new AbortController();
  private loop: BeatLoop | undefined;
  private running: Promise<void> | undefined;

  /** @throws VitalsError `declaration-invalid`, naming the option that is wrong */
  constructor(options: HeartbeatAgentOptions, clock: Clock = new SystemClock()) {
    this.parts = assemble(readOptions(options), clock);
  }

  /** The provider's name. */
  get name(): string {
    return this.parts.settings.name;
  }

  get metrics(): AgentMetrics {
    return this.parts.recorder.snapshot(this.parts.identity.generation);
  }

  /** Whether an operator asked this provider to drain, and has not taken that back. */
  get drainRequested(): boolean {
    return this.loop?.drainRequested ?? false;
  }

  /** Calls `listener` on every such event; one that throws becomes a warning of the process. */
  on<Name extends keyof AgentEvents>(name: Name, listener: (event: AgentEvents[Name]) => unknown): this {
    this.parts.emitter.on(name, listener);
    return this;
  }

  /** Ends what `on` began. */
  off<Name extends keyof AgentEvents>(name: Name, listener: (event: AgentEvents[Name]) => unknown): this {
    this.parts.emitter.off(name, listener);
    return this;
  }

  /** Starts to register and to beat, in the background. Starting twice does nothing. */
  start(): void {
    if (this.running) return;
    this.stopping = new AbortController();
    const { identity, client, credentials } = this.parts;
    credentials.forgive();
    const loop = new BeatLoop(this.parts);
    this.loop = loop;
    const hold = setInterval(() => undefined, HOLD_MS);
    this.running = loop.run(this.stopping.signal).finally(() => {
      clearInterval(hold);
      if (identity.generation === undefined) client.close();
      this.loop = undefined;
      this.running = undefined;
    });
  }

  /** Sends `Draining` if the provider is registered, then ends. A control plane that is away does not hold it up. */
  async stop(): Promise<void> {
    await this.end();
    const { identity, failover, clock, client, recorder, emitter } = this.parts;
    const { token } = this.parts.credentials;
    const { generation } = identity;
    if (generation === undefined) return;
    identity.generation = undefined;
    const endpoints = failover.forFarewell();
    const timeoutMs = FAREWELL_MS / endpoints.length;
    const { signal } = new AbortController();
    const last = { phase: 'Draining', generation } as const;
    const make = () => ({ timestamp: formatTimestamp(clock.wallMs()), ...last });
    for (const endpoint of endpoints) {
      const answer = await client.beat(make, { endpoint, token, signal, timeoutMs });
      if (isAcknowledged(answer)) break;
      recorder.failed('beat', answer.cause);
      const isFinal = answer.cause === 'refused' || answer.cause === 'not-registered';
      if (!isFinal && endpoint !== endpoints.at(-1)) continue;
      emitter.emit('unheard', { endpoint: labelOf(endpoint), reason: answer.reason });
      break;
    }
    client.close();
  }

  /** Ends at once and says nothing, as a crash does: for tests and demonstrations. */
  async abandon(): Promise<void> {
    await this.end();
    this.parts.identity.generation = undefined;
    this.parts.client.close();
  }

  /** Sends the resources at once, whether they differ from what was sent or not. */
  infoChanged(): void {
    this.loop?.infoChanged();
  }

  /** Beats at once, because the phase has changed; while a failed try is waited out, with the next one. */
  phaseChanged(): void {
    this.loop?.phaseChanged('beat');
  }

  /** Computes the phase now, and beats at once if it is another than was reported last. */
  reconsiderPhase(): void {
    this.loop?.phaseChanged('reconsider');
  }

  private async end(): Promise<void> {
    const { running } = this;
    this.stopping.abort();
    this.loop?.wake();
    await running;
  }
}
