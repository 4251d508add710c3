import { Clock, formatTimestamp, SystemClock } from '@vitals/core/time';
import { Credentials } from '../identity/credentials.js';
import { Identity } from '../identity/identity.js';
import { AgentEmitter, type AgentEvents } from '../telemetry/agent.events.js';
import { type AgentMetrics, MetricsRecorder } from '../telemetry/agent.metrics.js';
import { isAcknowledged } from '../wire/answer.js';
import { labelOf } from '../wire/base-url.js';
import { ControlPlaneClient } from '../wire/control-plane.client.js';
import type { HeartbeatAgentOptions } from './agent.options.js';
import { type AgentSettings, readOptions } from './agent.settings.js';
import { BeatLoop } from './beat.loop.js';
import { Failover } from './failover.js';

/** How long the last word at shutdown may take, at all endpoints together, in milliseconds. */
const FAREWELL_MS = 1_000;

/** Longer than any process lives between two beats, in milliseconds. */
const HOLD_MS = 2 ** 30;

/**
 * Keeps a provider alive in the eyes of the control plane: registers it, beats at the interval last told, and
 * sends its resources now and then. While it is started it keeps the process alive.
 */
export class HeartbeatAgent {
  private readonly emitter = new AgentEmitter();
  private readonly recorder = new MetricsRecorder();
  private readonly settings: AgentSettings;
  private readonly client: ControlPlaneClient;
  private readonly credentials: Credentials;
  private readonly identity: Identity;
  private readonly failover: Failover;
  private stopping = new AbortController();
  private loop: BeatLoop | undefined;
  private running: Promise<void> | undefined;

  /** @throws VitalsError `declaration-invalid`, naming the option that is wrong */
  constructor(
    options: HeartbeatAgentOptions,
    private readonly clock: Clock = new SystemClock(),
  ) {
    this.settings = readOptions(options);
    const { name, timeoutMs, credentials, register, intervalMs } = this.settings;
    this.recorder.intervalMs = intervalMs;
    this.client = new ControlPlaneClient(name, clock);
    this.credentials = new Credentials(credentials, timeoutMs, clock, (reason) =>
      this.emitter.fault('token', reason),
    );
    this.identity = new Identity(this.client, register, this.credentials);
    const { settings, client, recorder } = this;
    this.failover = new Failover({ settings, clock, client, recorder });
  }

  /** The provider's name. */
  get name(): string {
    return this.settings.name;
  }

  get metrics(): AgentMetrics {
    return this.recorder.snapshot(this.identity.generation);
  }

  /** Whether an operator asked this provider to drain, and has not taken that back. */
  get drainRequested(): boolean {
    return this.loop?.drainRequested ?? false;
  }

  /** Calls `listener` on every such event; one that throws becomes a warning of the process. */
  on<Name extends keyof AgentEvents>(name: Name, listener: (event: AgentEvents[Name]) => unknown): this {
    this.emitter.on(name, listener);
    return this;
  }

  /** Ends what `on` began. */
  off<Name extends keyof AgentEvents>(name: Name, listener: (event: AgentEvents[Name]) => unknown): this {
    this.emitter.off(name, listener);
    return this;
  }

  /** Starts to register and to beat, in the background. Starting twice does nothing. */
  start(): void {
    if (this.running) return;
    this.stopping = new AbortController();
    this.credentials.forgive();
    const { settings, clock, client, identity, credentials, emitter, recorder, failover } = this;
    const loop = new BeatLoop({
      settings,
      clock,
      client,
      identity,
      credentials,
      emitter,
      recorder,
      failover,
    });
    this.loop = loop;
    const hold = setInterval(() => undefined, HOLD_MS);
    this.running = loop.run(this.stopping.signal).finally(() => {
      clearInterval(hold);
      if (this.identity.generation === undefined) this.client.close();
      this.loop = undefined;
      this.running = undefined;
    });
  }

  /** Sends `Draining` if the provider is registered, then ends. A control plane that is away does not hold it up. */
  async stop(): Promise<void> {
    await this.end();
    const { generation, token } = this.identity;
    if (generation === undefined) return;
    this.identity.forget();
    const endpoints = this.failover.forFarewell();
    const timeoutMs = FAREWELL_MS / endpoints.length;
    const { signal } = new AbortController();
    const make = () => ({
      timestamp: formatTimestamp(this.clock.wallMs()),
      phase: 'Draining' as const,
      generation,
    });
    for (const endpoint of endpoints) {
      const answer = await this.client.beat(make, { endpoint, token, signal, timeoutMs });
      if (isAcknowledged(answer)) break;
      this.recorder.failed('beat', answer.cause);
      const isFinal = answer.cause === 'refused' || answer.cause === 'not-registered';
      if (!isFinal && endpoint !== endpoints.at(-1)) continue;
      this.emitter.emit('unheard', { endpoint: labelOf(endpoint), reason: answer.reason });
      break;
    }
    this.client.close();
  }

  /** Ends at once and says nothing, as a crash does: for tests and demonstrations. */
  async abandon(): Promise<void> {
    await this.end();
    this.identity.forget();
    this.client.close();
  }

  /** Sends the resources at once, whether they differ from what was sent or not. */
  infoChanged(): void {
    this.loop?.infoChanged();
  }

  /** Beats at once, because the phase has changed; while a failed try is waited out, with the next one. */
  phaseChanged(): void {
    this.loop?.phaseChanged();
  }

  /** Computes the phase now, and beats at once if it is another than was reported last. */
  reconsiderPhase(): void {
    this.loop?.reconsiderPhase();
  }

  private async end(): Promise<void> {
    const { running } = this;
    this.stopping.abort();
    this.loop?.wake();
    await running;
  }
}
