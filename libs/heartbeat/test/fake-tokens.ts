import { type FakeAnswer, type FakeControlPlane, problem, type Received } from './fake-control-plane.js';

/** The token with which new names are created. */
export const REGISTRATION_TOKEN = 'registration-token';

/**
 * Lets a fake control plane ask for tokens. Each registration issues one (`token-1`, `token-2`, …); the one before
 * it is good until the new one is first used.
 */
export class FakeTokens {
  issued = 0;
  /** Whether the name has been registered and not been removed. */
  exists = false;
  private readonly good = new Set<string>();

  constructor(private readonly controlPlane: FakeControlPlane) {
    controlPlane.answer = (request) => this.answer(request);
  }

  /** As after a removal by an operator. */
  remove(): void {
    this.exists = false;
    this.good.clear();
  }

  /** As when an operator has a new token issued. */
  rotate(): string {
    this.good.clear();
    return this.issue();
  }

  answer(request: Received): FakeAnswer | undefined {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const isRegistration = request.method === 'POST';
    if (token === REGISTRATION_TOKEN) {
      return isRegistration && !this.exists ? this.register(request) : problem(403, 'forbidden', 'no');
    }
    if (!this.good.has(token)) return problem(401, 'unauthenticated', 'who are you?');
    if (isRegistration) return this.register(request);
    if (token === `token-${this.issued}`) {
      this.good.clear();
      this.good.add(token);
    }
    return undefined;
  }

  private register(request: Received): FakeAnswer {
    this.exists = true;
    const usual = this.controlPlane.usual(request);
    return { ...usual, body: { ...(usual.body as object), token: this.issue() } };
  }

  private issue(): string {
    const token = `token-${++this.issued}`;
    this.good.add(token);
    return token;
  }
}
