import type { ProviderCheck } from '../checking/provider-check.js';
import type { Judgement } from '../statuses/judgement.js';

/** One registration of a provider, with what is known of it. */
export class RegisteredProvider {
  /** What is told of it; `undefined` until it was checked. Only the status board changes it. */
  judgement: Judgement | undefined = undefined;
  /** Nothing that is still found out about it counts. Only the registry changes it. */
  removed = false;

  constructor(
    readonly name: string,
    readonly check: ProviderCheck,
  ) {}
}
