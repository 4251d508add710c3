import { type Clock, formatTimestamp } from '@vitals/core/time';
import type { Credentials } from '../identity/credentials.js';
import type { Identity } from '../identity/identity.js';
import type { AgentEmitter } from '../telemetry/agent.events.js';
import type { MetricsRecorder } from '../telemetry/agent.metrics.js';
import { type Answer, isSuccess } from '../wire/answer.js';
import type { ControlPlaneClient } from '../wire/control-plane.client.js';
import type { Phase } from '../wire/phase.js';
import type { ProviderInfo } from '../wire/provider.js';
import type { AgentSettings } from './agent.settings.js';

/** What an agent is made of. */
export interface AgentParts {
  readonly settings: AgentSettings;
  readonly clock: Clock;
  readonly client: ControlPlaneClient;
  readonly identity: Identity;
  readonly credentials: Credentials;
  readonly emitter: AgentEmitter;
  readonly recorder: MetricsRecorder;
}

/** Told intervals are held to these bounds, in milliseconds: a wrong one must neither flood nor silence. */
const INTERVALS_MS = { shortest: 1_000, longest: 3_600_000 } as const;

/** One request each; what is acknowledged is counted and told. */
export class AgentCalls {
  constructor(private readonly parts: AgentParts) {}

  async register(signal: AbortSignal): Promise<Answer> {
    const { identity, recorder, emitter } = this.parts;
    const answer = await identity.register(signal);
    if (!isSuccess(answer)) return answer;
    recorder.registered();
    emitter.emit('registered', { generation: identity.generation as number });
    return answer;
  }

  /** @returns the answer, and the monotonic milliseconds at which the beat was sent */
  async beat(phase: Phase, signal: AbortSignal): Promise<{ answer: Answer; sentMs: number }> {
    const { client, clock, identity, recorder, emitter } = this.parts;
    const { token } = identity;
    const generation = identity.generation as number;
    let sentMs = clock.monotonicMs();
    let sentAtMs = clock.wallMs();
    const make = () => {
      sentMs = clock.monotonicMs();
      sentAtMs = clock.wallMs();
      return { timestamp: formatTimestamp(sentAtMs), phase, generation };
    };
    const answer = await client.beat(make, { token, signal });
    if (!isSuccess(answer)) return { answer, sentMs };
    recorder.intervalMs = readInterval(answer) ?? recorder.intervalMs;
    const latencyMs = clock.monotonicMs() - sentMs;
    recorder.beat({ phase, latencyMs, sentAtMs });
    emitter.emit('beat', { phase, latencyMs, nextIntervalMs: recorder.intervalMs });
    return { answer, sentMs };
  }

  async info(info: ProviderInfo, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
    const { client, clock, identity, recorder, emitter } = this.parts;
    const { token } = identity;
    const startedMs = clock.monotonicMs();
    const make = () => ({ timestamp: formatTimestamp(clock.wallMs()), ...info });
    const answer = await client.info(make, { token, signal, timeoutMs });
    if (!isSuccess(answer)) return answer;
    recorder.info();
    emitter.emit('info', { latencyMs: clock.monotonicMs() - startedMs });
    return answer;
  }
}

function readInterval({ body }: Answer): number | undefined {
  const ms = Number(body['next_interval_seconds']) * 1_000;
  return ms > 0 ? Math.min(INTERVALS_MS.longest, Math.max(INTERVALS_MS.shortest, ms)) : undefined;
}
