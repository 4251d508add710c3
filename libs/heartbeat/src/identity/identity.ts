import { randomUUID } from 'node:crypto';
import type { Registered } from '../wire/acknowledgement.js';
import { type Answer, isAcknowledged } from '../wire/answer.js';
import type { CallOptions, ControlPlaneClient } from '../wire/control-plane.client.js';
import { unanswered } from '../wire/failure.js';
import type { ProviderRegistration } from '../wire/provider.js';
import type { Credentials } from './credentials.js';

/** As whom the agent speaks: registered with a generation, or not. */
export class Identity {
  /** What the control plane gave at registration; `undefined` while not registered. */
  generation: number | undefined;
  /** Shows that a claim to the name is repeated by who made it. */
  private readonly claimId = randomUUID();

  constructor(
    private readonly client: ControlPlaneClient,
    private readonly registration: ProviderRegistration,
    private readonly credentials: Credentials,
  ) {}

  /**
   * Registers with the first token that is accepted; none is left out but those that were refused (401).
   * @returns the last answer
   */
  async register(options: Omit<CallOptions, 'token'>): Promise<Answer<Registered>> {
    const candidates: (string | undefined)[] = await this.credentials.candidates();
    if (candidates.length === 0) candidates.push(undefined);
    let answer: Answer<Registered> = unanswered('stopped');
    for (const token of candidates) {
      const id = this.credentials.isForNewNames(token) ? this.claimId : undefined;
      answer = await this.client.register(this.registration, id, { ...options, token });
      if (isAcknowledged(answer)) {
        await this.credentials.accept(token, answer.value.token);
        this.generation = answer.value.generation;
        return answer;
      }
      if (answer.cause !== 'refused' || answer.status !== 401) return answer;
      this.credentials.refuse(token);
    }
    return answer;
  }

  /** A beat was answered 401. @returns whether another token is there to register with */
  async hasAnotherToken(): Promise<boolean> {
    this.credentials.refuse(this.credentials.token);
    return (await this.credentials.candidates()).length > 0;
  }
}
