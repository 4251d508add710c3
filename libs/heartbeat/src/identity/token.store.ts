/** Keeps the token that the control plane issued to a provider, so that it can register again after a restart. */
export interface TokenStore {
  /** The token that was saved last; `undefined` if there is none. */
  load(): string | undefined | Promise<string | undefined>;
  /** Resolves when the token will survive the process. */
  save(token: string): void | Promise<void>;
}

/** What is wrong with a token, if anything is: it has to fit into an HTTP header. */
export function faultOfToken(token: string): string | undefined {
  return /^[\x21-\x7e]{1,4096}$/.test(token)
    ? undefined
    : 'a token is one line of printable ASCII characters without spaces';
}
