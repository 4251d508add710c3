import type { CallKind } from '../telemetry/agent.metrics.js';
import { Attempts } from '../timing/attempts.js';
import type { Answer } from '../wire/answer.js';
import type { AgentParts } from './agent.calls.js';
import { adviceOn, isRefusal } from './refusal.js';

/** Between two tries when more than an interval has passed with one of them, in milliseconds. */
const SHORTEST_WAIT_MS = 50;

/** When each kind of request is due, and what follows from one that failed. */
export class Setbacks {
  readonly registration = new Attempts();
  readonly beat = new Attempts();
  readonly info = new Attempts();
  private refused = false;
  private triedAnotherToken = false;

  constructor(private readonly parts: AgentParts) {}

  /** Whether the control plane refuses this agent for good. */
  get isRefused(): boolean {
    return this.refused;
  }

  /** A beat was acknowledged, and the next one is due at these monotonic milliseconds. */
  beatAcknowledged(nextDueMs: number): void {
    this.triedAnotherToken = false;
    this.beat.succeed(nextDueMs);
  }

  /**
   * 401, 403, 409: it is over, unless there is another token to register with instead of one that is not accepted
   * any more. 404: register again, the first time at once. Whatever else: again, by backoff, but no later than one
   * interval after it was sent: the control plane counts on that.
   * @param sentMs when the request was sent, in monotonic milliseconds
   */
  async failed(kind: CallKind, answer: Answer, sentMs: number): Promise<void> {
    this.parts.recorder.failed(kind);
    if (isRefusal(answer.status)) return this.refuse(kind, answer);
    const isForgotten = answer.status === 404 && kind !== 'registration';
    const tries = isForgotten ? this.beat : this[kind];
    const isFirst = tries.failures === 0;
    const nowMs = this.parts.clock.monotonicMs();
    const ceilingMs = Math.max(SHORTEST_WAIT_MS, sentMs + this.parts.recorder.intervalMs - nowMs);
    const waitMs = tries.fail(nowMs, ceilingMs, answer.retryAfterMs);
    if (isForgotten) this.registerAgain(nowMs + (isFirst ? 0 : waitMs));
    const retryInMs = isForgotten && isFirst ? 0 : Math.round(waitMs);
    this.parts.emitter.emit('failed', { reason: answer.reason, retryInMs });
  }

  private async refuse(kind: CallKind, { status, reason }: Answer): Promise<void> {
    const { settings, emitter, identity, clock } = this.parts;
    const mayHelp = status === 401 && kind !== 'registration' && !this.triedAnotherToken;
    if (mayHelp && (await identity.hasAnotherToken())) {
      this.triedAnotherToken = true;
      this.registerAgain(clock.monotonicMs());
      emitter.emit('failed', { reason, retryInMs: 0 });
      return;
    }
    identity.forget();
    this.refused = true;
    emitter.emit('refused', { status, reason, advice: adviceOn(status, kind, settings.name) });
  }

  private registerAgain(dueMs: number): void {
    this.parts.identity.forget();
    this.registration.plan(dueMs);
  }
}
