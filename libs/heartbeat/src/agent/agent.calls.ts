import { formatTimestamp } from '@vitals/core/time';
import type { Registered } from '../wire/acknowledgement.js';
import { type Answer, isAcknowledged } from '../wire/answer.js';
import { labelOf } from '../wire/base-url.js';
import type { Phase, ProviderInfo } from '../wire/provider.js';
import type { AgentParts } from './agent.parts.js';

/** One request each; what is acknowledged is counted and told. */
export class AgentCalls {
  constructor(private readonly parts: AgentParts) {}

  async register(signal: AbortSignal): Promise<Answer<Registered>> {
    const { identity, recorder, emitter, failover, clock } = this.parts;
    const sentMs = clock.monotonicMs();
    const endpoint = failover.ring('registration').current;
    const answer = await identity.register({ endpoint, signal, timeoutMs: failover.timeoutMs() });
    if (!isAcknowledged(answer)) return answer;
    failover.renewed(sentMs, recorder.intervalMs);
    recorder.registrations++;
    emitter.emit('registered', { generation: answer.value.generation, endpoint: labelOf(endpoint) });
    return answer;
  }

  /** @returns the answer, and the monotonic milliseconds at which the beat was sent */
  async beat(phase: Phase, signal: AbortSignal): Promise<{ answer: Answer<number>; sentMs: number }> {
    const { client, clock, identity, recorder, emitter, failover } = this.parts;
    const { token } = this.parts.credentials;
    const generation = identity.generation as number;
    let sentMs = clock.monotonicMs();
    let sentAtMs = clock.wallMs();
    const make = () => {
      sentMs = clock.monotonicMs();
      sentAtMs = clock.wallMs();
      return { timestamp: formatTimestamp(sentAtMs), phase, generation };
    };
    const endpoint = failover.ring('beat').current;
    const answer = await client.beat(make, { endpoint, token, signal, timeoutMs: failover.timeoutMs() });
    if (!isAcknowledged(answer)) return { answer, sentMs };
    const nextIntervalMs = answer.value;
    recorder.intervalMs = nextIntervalMs;
    failover.renewed(sentMs, nextIntervalMs);
    const latencyMs = clock.monotonicMs() - sentMs;
    recorder.beat({ phase, latencyMs, sentAtMs });
    emitter.emit('beat', { phase, latencyMs, nextIntervalMs, endpoint: labelOf(endpoint) });
    return { answer, sentMs };
  }

  async info(info: ProviderInfo, timeoutMs: number, signal: AbortSignal): Promise<Answer<undefined>> {
    const { client, clock, recorder, emitter, failover } = this.parts;
    const { token } = this.parts.credentials;
    const startedMs = clock.monotonicMs();
    const make = () => ({ timestamp: formatTimestamp(clock.wallMs()), ...info });
    const endpoint = failover.ring('info').current;
    const answer = await client.info(make, { endpoint, token, signal, timeoutMs });
    if (!isAcknowledged(answer)) return answer;
    failover.ring('info').succeed();
    recorder.infoSent++;
    emitter.emit('info', { latencyMs: clock.monotonicMs() - startedMs, endpoint: labelOf(endpoint) });
    return answer;
  }
}
