/** Keeps the token that the control plane issued to a provider, so that it can register again after a restart. */
export interface TokenStore {
  /** The token that was saved last; `undefined` if there is none. */
  load(): string | undefined | Promise<string | undefined>;
  /** Resolves when the token will survive the process. */
  save(token: string): void | Promise<void>;
}
