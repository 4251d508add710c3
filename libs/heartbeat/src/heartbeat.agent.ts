import { EventEmitter } from 'node:events';
import { Clock, formatTimestamp, parseDuration, SystemClock } from '@vitals/core/time';
import type { AgentEvents, AgentMetrics, HeartbeatAgentOptions, Phase } from './agent.options.js';
import { Alarm } from './alarm.js';
import { backoffMs } from './backoff.js';
import { type Answer, ControlPlaneClient, isSuccess } from './control-plane.client.js';
import { withinTime } from './within-time.js';

/** Answers that no repetition will change. */
const REFUSALS = [401, 403, 409];
/** The longest wait between beats while starting, in milliseconds: work may come as soon as it can be done. */
const STARTING_INTERVAL_MS = 1_000;
/** How long the last word at shutdown may take, in milliseconds. */
const FAREWELL_MS = 1_000;

/**
 * Keeps a provider alive in the eyes of the control plane: registers it, beats at the interval last told, and
 * sends its resources now and then. One loop does everything in turn, so beats never overlap and a slow
 * control plane cannot pile up requests; the interval counts from the moment a beat was sent.
 */
export class HeartbeatAgent {
  private readonly events = new EventEmitter();
  private readonly client: ControlPlaneClient;
  private readonly timeoutMs: number;
  private readonly infoEveryMs: number;
  private stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private readonly alarm: Alarm;
  /** Something has changed since the step under way began. */
  private changed = false;
  private generation: number | undefined;
  private intervalMs: number;
  private phase: Phase | undefined;
  private infoDueMs = 0;
  private failures = 0;
  private sent = 0;
  private failed = 0;
  private lastLatencyMs: number | undefined;

  constructor(
    private readonly options: HeartbeatAgentOptions,
    private readonly clock: Clock = new SystemClock(),
  ) {
    this.timeoutMs = parseDuration(options.timeout ?? '2s');
    this.infoEveryMs = parseDuration(options.infoEvery ?? '5m');
    this.intervalMs = parseDuration(options.interval ?? '10s');
    this.alarm = new Alarm(clock);
    this.client = new ControlPlaneClient(options, this.timeoutMs);
  }

  get metrics(): AgentMetrics {
    return {
      sent: this.sent,
      failed: this.failed,
      lastLatencyMs: this.lastLatencyMs,
      intervalMs: this.intervalMs,
    };
  }

  on<Name extends keyof AgentEvents>(name: Name, listener: (event: AgentEvents[Name]) => void): this {
    this.events.on(name, listener);
    return this;
  }

  /** Starts to register and to beat, in the background. Starting twice does nothing. */
  start(): void {
    if (this.loop) return;
    this.stopping = new AbortController();
    const keepsProcessAlive = setInterval(() => undefined, 2 ** 30);
    this.loop = this.run(this.stopping.signal).finally(() => {
      clearInterval(keepsProcessAlive);
      this.loop = undefined;
    });
  }

  /** Sends `Draining` if the provider is registered, then ends. A control plane that is away does not hold it up. */
  async stop(): Promise<void> {
    const { loop } = this;
    this.stopping.abort();
    this.alarm.wake();
    await loop;
    const { generation } = this;
    if (generation === undefined) return;
    this.generation = undefined;
    const farewell = AbortSignal.timeout(FAREWELL_MS);
    await this.client.beat(formatTimestamp(this.clock.wallMs()), 'Draining', generation, farewell);
  }

  /** Ends at once and says nothing, as a crash does: for tests and demonstrations. */
  async abandon(): Promise<void> {
    this.stopping.abort();
    this.alarm.wake();
    await this.loop;
    this.generation = undefined;
  }

  /** Sends the resources with the next step, at once, and the phase with them. */
  infoChanged(): void {
    this.infoDueMs = 0;
    this.phaseChanged();
  }

  /** Beats at once, because the phase has changed; while a failed try is waited out, with the next one. */
  phaseChanged(): void {
    this.changed = true;
    if (this.failures === 0) this.alarm.wake();
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedMs = this.clock.monotonicMs();
      this.changed = false;
      const waitMs = await this.step(signal);
      if (waitMs === undefined) return;
      const isDue = this.changed && this.failures === 0;
      await this.alarm.sleep(isDue ? 0 : waitMs - (this.clock.monotonicMs() - startedMs), signal);
    }
  }

  /** One step; how long after its start the next one is due, or `undefined` if there is none. */
  private async step(signal: AbortSignal): Promise<number | undefined> {
    const startedMs = this.clock.monotonicMs();
    if (this.generation === undefined) {
      const answer = await this.client.register(this.options.register, signal);
      if (!isSuccess(answer)) return this.fail(answer, startedMs, signal);
      this.generation = Number(answer.body['generation']);
      this.infoDueMs = 0;
      this.emit('registered', { generation: this.generation });
    }
    const beat = await this.beat(signal);
    if (!isSuccess(beat)) return this.fail(beat, startedMs, signal);
    const info = await this.sendInfo(signal);
    if (info && !isSuccess(info)) return this.fail(info, startedMs, signal);
    this.failures = 0;
    return this.phase === 'Starting' ? Math.min(this.intervalMs, STARTING_INTERVAL_MS) : this.intervalMs;
  }

  private async beat(signal: AbortSignal): Promise<Answer> {
    const phase = await this.computePhase();
    this.phase = phase;
    const sentMs = this.clock.monotonicMs();
    const answer = await this.client.beat(
      formatTimestamp(this.clock.wallMs()),
      phase,
      this.generation,
      signal,
    );
    if (!isSuccess(answer)) return answer;
    const seconds = Number(answer.body['next_interval_seconds']);
    if (seconds > 0) this.intervalMs = seconds * 1_000;
    this.sent++;
    this.lastLatencyMs = this.clock.monotonicMs() - sentMs;
    this.emit('beat', { phase, latencyMs: this.lastLatencyMs, nextIntervalMs: this.intervalMs });
    return answer;
  }

  private async sendInfo(signal: AbortSignal): Promise<Answer | undefined> {
    const nowMs = this.clock.monotonicMs();
    if (!this.options.info || nowMs < this.infoDueMs) return undefined;
    this.infoDueMs = nowMs + this.infoEveryMs;
    const info = await withinTime(this.options.info, this.timeoutMs, this.clock);
    if (!info) return undefined;
    const answer = await this.client.info(formatTimestamp(this.clock.wallMs()), info, signal);
    if (isSuccess(answer)) this.emit('info', { latencyMs: this.clock.monotonicMs() - nowMs });
    else this.infoDueMs = 0;
    return answer;
  }

  private async computePhase(): Promise<Phase> {
    if (!this.options.phase) return 'Ready';
    return (await withinTime(this.options.phase, this.timeoutMs, this.clock)) ?? 'NotReady';
  }

  /** When to try again, counted from the start of the step; a beat that is tried again is made anew. */
  private fail(
    { status, reason, retryAfterMs }: Answer,
    startedMs: number,
    signal: AbortSignal,
  ): number | undefined {
    if (signal.aborted) return undefined;
    this.failed++;
    if (REFUSALS.includes(status)) {
      this.generation = undefined;
      this.emit('refused', { status, reason });
      return undefined;
    }
    if (status === 404) this.generation = undefined;
    const waitMs =
      status === 404 && this.failures === 0 ? 0 : backoffMs(this.failures, this.intervalMs, retryAfterMs);
    this.failures++;
    this.emit('failed', { reason, retryInMs: Math.round(waitMs) });
    return waitMs + (this.clock.monotonicMs() - startedMs);
  }

  private emit<Name extends keyof AgentEvents>(name: Name, event: AgentEvents[Name]): void {
    this.events.emit(name, event);
  }
}
