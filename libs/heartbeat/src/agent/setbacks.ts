import { Attempts, backoffMs } from '../timing/attempts.js';
import { labelOf } from '../wire/base-url.js';
import type { Failure } from '../wire/failure.js';
import type { AgentParts } from './agent.parts.js';
import type { CallKind } from '../telemetry/agent.metrics.js';

/** Between two tries when more than an interval has passed with one of them, in milliseconds. */
const MIN_WAIT_MS = 50;

/** When each kind of request is due, and what follows from one that failed. */
export class Setbacks {
  readonly registration = new Attempts();
  readonly beat = new Attempts();
  readonly info = new Attempts();
  /** How each kind of call fails at an endpoint: that is news once, not with every try. */
  private readonly signs = new Map<string, string>();
  /** Whether the control plane refuses this agent for good. */
  isRefused = false;
  private triedAnotherToken = false;

  constructor(private readonly parts: AgentParts) {}

  /** One was acknowledged: the next is due at this monotonic time in ms; after a registration, of every kind. */
  acknowledged(call: CallKind, nextDueMs: number): void {
    this.signs.delete(`${call} ${labelOf(this.parts.failover.ring(call).current)}`);
    this[call].succeed(nextDueMs);
    if (call === 'beat') this.triedAnotherToken = false;
    if (call === 'registration') this.beat.dueMs = this.info.dueMs = nextDueMs;
  }

  /**
   * What follows from a call that was not acknowledged:
   * 1. refused: it is over, whichever endpoint says it, for all are one control plane; unless there is another token
   *    to register with instead of one that is not accepted any more;
   * 2. not registered: register again, the first time at once;
   * 3. whatever else: at the next endpoint at once, and after a whole round by backoff, but no later than one interval
   *    after it was sent: the control plane counts on that.
   * @param sentMs when the request was sent, in monotonic milliseconds
   */
  async failed(call: CallKind, failure: Failure, sentMs: number): Promise<void> {
    const { recorder, emitter, failover, clock } = this.parts;
    const { cause, reason, sign, retryAfterMs } = failure;
    recorder.failed(call, cause);
    const ring = failover.ring(call);
    const endpoint = labelOf(ring.current);
    if (cause === 'refused' && !(await this.mayHelpItself(call, failure))) {
      this.refuse(call, failure, endpoint);
      return;
    }
    const nowMs = clock.monotonicMs();
    const wait = (rounds: number): number =>
      backoffMs(rounds, Math.max(MIN_WAIT_MS, sentMs + recorder.intervalMs - nowMs));
    let dueMs = nowMs;
    if (cause === 'refused') {
      this.registerAgain(dueMs);
    } else if (cause === 'not-registered' && call !== 'registration') {
      const { failures } = this.beat;
      if (failures > 0) dueMs += wait(failures);
      failover.forgotten();
      this.beat.fail(dueMs);
      this.registerAgain(dueMs);
    } else {
      const isOver = !failover.failed(call, retryAfterMs);
      if (isOver) dueMs = ring.resume(nowMs + wait(ring.failedRounds - 1));
      this[call].fail(dueMs);
    }
    const isNews = this.signs.get(`${call} ${endpoint}`) !== sign;
    this.signs.set(`${call} ${endpoint}`, sign);
    emitter.emit('failed', { call, cause, endpoint, reason, retryInMs: Math.round(dueMs - nowMs), isNews });
  }

  /** Whether a token that was refused may be replaced by another. */
  private async mayHelpItself(call: CallKind, { status }: Failure): Promise<boolean> {
    if (status !== 401 || call === 'registration' || this.triedAnotherToken) return false;
    this.triedAnotherToken = await this.parts.identity.hasAnotherToken();
    return this.triedAnotherToken;
  }

  private refuse(call: CallKind, { status, reason }: Failure, endpoint: string): void {
    const { identity, emitter, settings } = this.parts;
    identity.generation = undefined;
    this.isRefused = true;
    emitter.emit('refused', { status, endpoint, reason, advice: adviceOn(status, call, settings.name) });
  }

  private registerAgain(dueMs: number): void {
    this.parts.identity.generation = undefined;
    this.registration.dueMs = dueMs;
  }
}

/** What helps against a refusal. */
function adviceOn(status: number, kind: CallKind, name: string): string {
  if (status === 401) {
    return `the token is missing or not accepted any more: give ${name} its own token, or a registration token if the name is new`;
  }
  // the reason says who has the name
  if (status === 409) return 'run one process for each name';
  return kind === 'registration'
    ? `a registration token creates names that do not exist, and a provider's token is good for its own name: give the token that was issued to ${name}, have a new one issued with POST /providers/${name}/token, or remove the provider`
    : `the token is not the one of ${name}: give ${name} its own`;
}
