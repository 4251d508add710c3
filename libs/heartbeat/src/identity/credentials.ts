import type { Clock } from '@vitals/core/time';
import { Question } from '../asking/question.js';
import { faultOfToken } from '../wire/provider.js';
import type { TokenStore } from './file.token-store.js';

/** What a provider may prove itself with. */
export interface CredentialSources {
  /** The provider's own, as it was set up. */
  readonly token: string | undefined;
  /** Creates a name that does not exist yet. */
  readonly registrationToken: string | undefined;
  readonly store: TokenStore | undefined;
}

/**
 * Which token goes with a request. The token that the control plane issued last comes first: it is kept before
 * it is first used, and the one before it stays in use until the answer with the new one has arrived, for the
 * control plane accepts that until then.
 */
export class Credentials {
  /** What beats carry; `undefined` if the control plane asks nobody for a token. */
  token: string | undefined;
  private unsaved: string | undefined;
  private readonly refused = new Set<string>();

  /** @param fault told why a token could not be read or kept; `undefined` once it could */
  constructor(
    private readonly sources: CredentialSources,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
    private readonly fault: (reason: string | undefined) => void,
  ) {}

  /** Tokens to register with, the likeliest first, without those that were refused; reads the store. */
  async candidates(): Promise<string[]> {
    const { token, registrationToken } = this.sources;
    const known = [this.token, await this.stored(), token, registrationToken];
    const usable = known.filter((one): one is string => one !== undefined && !this.refused.has(one));
    return [...new Set(usable)];
  }

  /** Whether a token may only register names that do not exist yet. */
  isForNewNames(token: string | undefined): boolean {
    return token !== undefined && token === this.sources.registrationToken;
  }

  /** Tokens that were refused may be tried again. */
  forgive(): void {
    this.refused.clear();
  }

  /** This token is not accepted any more. */
  refuse(token: string | undefined): void {
    if (token !== undefined) this.refused.add(token);
    if (this.token === token) this.token = undefined;
  }

  /** Registered with `used`; `issued` is the token that came with the answer, if one did. */
  async accept(used: string | undefined, issued: unknown): Promise<void> {
    if (typeof issued !== 'string' || faultOfToken(issued) !== undefined) {
      this.token = used === this.sources.registrationToken ? undefined : used;
      return;
    }
    if (this.sources.store) {
      this.unsaved = issued;
      await this.saveAgain();
    }
    this.token = issued;
  }

  /** Tries to keep what could not be kept before; does nothing if there is nothing. */
  async saveAgain(): Promise<void> {
    const { unsaved, sources } = this;
    if (unsaved === undefined) return;
    const save = new Question(async () => sources.store?.save(unsaved), this.timeoutMs, this.clock);
    const saved = await save.ask();
    if ('reason' in saved) {
      this.fault(
        `the issued token could not be stored, and a restart would not be able to authenticate: ${saved.reason}`,
      );
      return;
    }
    if (this.unsaved === unsaved) this.unsaved = undefined;
    this.fault(undefined);
  }

  /** A token that was issued and could not be kept is younger than what the store holds. */
  private async stored(): Promise<string | undefined> {
    const { store } = this.sources;
    if (!store || this.unsaved !== undefined) return undefined;
    const loaded = await new Question(async () => store.load(), this.timeoutMs, this.clock).ask();
    if ('reason' in loaded) {
      this.fault(`the token could not be read: ${loaded.reason}`);
      return undefined;
    }
    const why = loaded.value === undefined ? undefined : faultOfToken(loaded.value);
    this.fault(why && `the token that was read is none: ${why}`);
    return why === undefined ? loaded.value || undefined : undefined;
  }
}
