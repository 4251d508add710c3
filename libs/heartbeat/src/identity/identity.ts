import { randomUUID } from 'node:crypto';
import { type Answer, isSuccess, noAnswer } from '../wire/answer.js';
import type { ControlPlaneClient } from '../wire/control-plane.client.js';
import type { ProviderRegistration } from '../wire/provider.js';
import type { Credentials } from './credentials.js';

/** As whom the agent speaks: registered with a generation, or not. */
export class Identity {
  private current: number | undefined;
  /** Shows that a claim to the name is repeated by who made it. */
  private readonly claimId = randomUUID();

  constructor(
    private readonly client: ControlPlaneClient,
    private readonly registration: ProviderRegistration,
    private readonly credentials: Credentials,
  ) {}

  /** What the control plane gave at registration; `undefined` while not registered. */
  get generation(): number | undefined {
    return this.current;
  }

  /** What goes with a beat or an info update. */
  get token(): string | undefined {
    return this.credentials.token;
  }

  /** Not registered any more. */
  forget(): void {
    this.current = undefined;
  }

  /**
   * Registers with the first token that is accepted; none is left out but those that were refused (401).
   * @returns the last answer
   */
  async register(signal: AbortSignal): Promise<Answer> {
    const candidates: (string | undefined)[] = await this.credentials.candidates();
    if (candidates.length === 0) candidates.push(undefined);
    let answer = noAnswer('stopped');
    for (const token of candidates) {
      const id = this.credentials.isForNewNames(token) ? this.claimId : undefined;
      answer = await this.client.register(this.registration, id, { token, signal });
      if (isSuccess(answer)) return this.accept(answer, token);
      if (answer.status !== 401) return answer;
      this.credentials.refuse(token);
    }
    return answer;
  }

  /** A beat was answered 401. @returns whether another token is there to register with */
  async hasAnotherToken(): Promise<boolean> {
    this.credentials.refuse(this.credentials.token);
    return (await this.credentials.candidates()).length > 0;
  }

  private async accept(answer: Answer, used: string | undefined): Promise<Answer> {
    const { generation, token } = answer.body;
    if (!Number.isSafeInteger(generation)) {
      return noAnswer(
        'the answer to the registration has no generation: is this the address of a control plane?',
      );
    }
    await this.credentials.accept(used, token);
    this.current = generation as number;
    return answer;
  }
}
