import { failureReason } from '@vitals/core/health';
import { InfoSource } from '../asking/info.source.js';
import { PhaseSource } from '../asking/phase.source.js';
import type { CallKind } from '../telemetry/agent.metrics.js';
import { Alarm } from '../timing/alarm.js';
import { isAcknowledged } from '../wire/answer.js';
import type { Failure } from '../wire/failure.js';
import type { Phase, ProviderInfo } from '../wire/provider.js';
import { AgentCalls } from './agent.calls.js';
import type { AgentParts } from './agent.parts.js';
import { Setbacks } from './setbacks.js';

/** How often the phase is computed while starting, in milliseconds: work may come as soon as it can be done. */
const STARTING_POLL_MS = 1_000;
/** Requests that may be sent before their time until the next regular beat: what flaps must not flood. */
const MAX_EARLY = 10;
/** An info update is given at least so long, in milliseconds, even if a beat is due before. */
const MIN_INFO_MS = 200;

/**
 * One start of an agent, until it is stopped or refused. Everything is sent in turn, so beats never overlap and
 * a slow control plane cannot pile up requests. In each step, what comes first in this order:
 * 1. register, if not registered;
 * 2. beat, if one is due: counted from the moment the last one was sent that was acknowledged;
 * 3. beat before its time, because the phase has changed;
 * 4. send info, because it has changed or was not sent for long;
 * 5. sleep until something is due, or changes.
 */
export class BeatLoop {
  private readonly calls: AgentCalls;
  private readonly alarm: Alarm;
  private readonly phases: PhaseSource;
  private readonly infos: InfoSource;
  private readonly due: Setbacks;
  /** What has been asked for before its time: a beat, or one if the phase is another. */
  private wish: 'beat' | 'reconsider' | undefined;
  private earlyLeft = MAX_EARLY;
  private pollDueMs = Number.POSITIVE_INFINITY;
  private reported: Phase | undefined;

  constructor(private readonly parts: AgentParts) {
    const { settings, clock, emitter } = parts;
    const { phase, readiness, info, timeoutMs } = settings;
    this.calls = new AgentCalls(parts);
    this.due = new Setbacks(parts);
    this.alarm = new Alarm(clock);
    this.phases = new PhaseSource({ phase, readiness }, timeoutMs, clock, {
      fault: (reason) => emitter.fault('phase', reason),
      news: () => this.want('reconsider'),
    });
    this.infos = new InfoSource(info, clock, {
      fault: (reason) => emitter.fault('info', reason),
      news: () => this.wake(),
    });
  }

  get drainRequested(): boolean {
    return this.phases.drainRequested;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.due.isRefused) await this.step(signal);
  }

  wake(): void {
    this.alarm.wake();
  }

  /** Computes the phase anew, and beats; only if it is another, if that is the wish. */
  phaseChanged(wish: 'beat' | 'reconsider'): void {
    this.phases.changed();
    this.want(wish);
  }

  infoChanged(): void {
    this.infos.want();
  }

  private want(wish: 'beat' | 'reconsider'): void {
    if (this.wish !== 'beat') this.wish = wish;
    this.wake();
  }

  private async step(signal: AbortSignal): Promise<void> {
    const nowMs = this.parts.clock.monotonicMs();
    if (this.parts.identity.generation === undefined) {
      const { dueMs } = this.due.registration;
      return nowMs < dueMs ? this.alarm.sleep(dueMs - nowMs, signal) : this.register(signal);
    }
    if (nowMs >= this.beatDueMs) return this.beat(signal);
    if (nowMs >= this.pollDueMs) {
      this.pollDueMs = nowMs + STARTING_POLL_MS;
      this.wish ??= 'reconsider';
    }
    const maySend = this.earlyLeft > 0 && this.due.beat.failures === 0;
    if (maySend && this.wish) return this.beatEarly(signal);
    const { pending, isWanted } = this.infos;
    const isUpdateDue = nowMs >= this.due.info.dueMs;
    if (maySend && pending && (isUpdateDue || this.due.info.failures === 0)) {
      return this.update(pending, signal);
    }
    if (maySend && isUpdateDue && !isWanted) this.infos.want();
    const updateDueMs = maySend && !isUpdateDue ? this.due.info.dueMs : Number.POSITIVE_INFINITY;
    const dueMs = Math.min(this.beatDueMs, this.pollDueMs, updateDueMs);
    return this.alarm.sleep(dueMs - nowMs, signal);
  }

  /** A beat is begun as much earlier as its phase takes; a wait that was asked for is not cut short. */
  private get beatDueMs(): number {
    return this.due.beat.dueMs - (this.due.beat.failures === 0 ? this.phases.leadMs : 0);
  }

  private async register(signal: AbortSignal): Promise<void> {
    const sentMs = this.parts.clock.monotonicMs();
    const answer = await this.calls.register(signal);
    if (!isAcknowledged(answer)) return this.fail('registration', answer, sentMs, signal);
    this.due.acknowledged('registration', this.parts.clock.monotonicMs());
    this.infos.forget();
  }

  private async beat(signal: AbortSignal): Promise<void> {
    this.earlyLeft = MAX_EARLY;
    await this.send(await this.phases.report(), signal);
  }

  private async beatEarly(signal: AbortSignal): Promise<void> {
    const { wish } = this;
    this.wish = undefined;
    const phase = await this.phases.report();
    if (wish === 'reconsider' && phase === this.reported) return;
    this.earlyLeft--;
    await this.send(phase, signal);
  }

  private async send(phase: Phase, signal: AbortSignal): Promise<void> {
    this.wish = undefined;
    const { answer, sentMs } = await this.calls.beat(phase, signal);
    if (!isAcknowledged(answer)) return this.fail('beat', answer, sentMs, signal);
    this.reported = phase;
    this.due.acknowledged('beat', sentMs + answer.value);
    this.pollDueMs = phase === 'Starting' ? sentMs + STARTING_POLL_MS : Number.POSITIVE_INFINITY;
    this.heed(answer.asksToDrain);
    void this.parts.credentials.saveAgain();
    this.infos.ask();
  }

  private async update(info: ProviderInfo, signal: AbortSignal): Promise<void> {
    this.earlyLeft--;
    const { settings, clock } = this.parts;
    const sentMs = clock.monotonicMs();
    const untilBeatMs = Math.max(MIN_INFO_MS, this.due.beat.dueMs - sentMs);
    const answer = await this.calls.info(info, Math.min(settings.timeoutMs, untilBeatMs), signal);
    this.infos.sent(info);
    if (!isAcknowledged(answer)) return this.fail('info', answer, sentMs, signal);
    this.due.acknowledged('info', clock.monotonicMs() + settings.infoEveryMs);
  }

  /** Does what an operator asks for, once for each request. */
  private heed(asksToDrain: boolean): void {
    if (asksToDrain === this.phases.drainRequested) return;
    this.phases.request(asksToDrain);
    this.want('reconsider');
    const { emitter, settings } = this.parts;
    emitter.emit(asksToDrain ? 'drain' : 'resume', {});
    if (asksToDrain) {
      const { onDrain } = settings;
      const run = async (): Promise<unknown> => onDrain?.();
      run().catch((error: unknown) => emitter.fault('onDrain', failureReason(error)));
    }
  }

  private async fail(kind: CallKind, failure: Failure, sentMs: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await this.due.failed(kind, failure, sentMs);
  }
}
