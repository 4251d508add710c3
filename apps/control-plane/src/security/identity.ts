/** The rate limit of one identity: a single number. */
export interface Limited {
  /** Monotonic milliseconds at which the allowance will be whole again; 0 at first. */
  nextRequestMs: number;
}

/** The stored tokens of a provider. */
export interface CredentialHolder extends Limited {
  readonly name: string;
  readonly tokenHash: string | undefined;
  /** Of the tokens before that count until a later one is used: oldest first, separated by commas. */
  readonly previousTokenHash: string | undefined;
}

/** Where the tokens of providers are found. */
export abstract class CredentialHolders {
  /** Whoever is registered under the name. */
  abstract find(name: string): CredentialHolder | undefined;

  /** A token of this holder was used for the first time: of those before the newest only these count now. */
  abstract forgetTokensBefore(holder: CredentialHolder, previousTokenHash: string | undefined): void;
}

/**
 * Who asks, and so what may be done. `anonymous`: authentication is off, and everybody may do everything. `visitor`:
 * somebody without a token, where lookups are open.
 */
export type Identity =
  | { readonly kind: 'anonymous' | 'admin' | 'registration' | 'read-only' | 'visitor' }
  | { readonly kind: 'provider'; readonly name: string }
  | { readonly kind: 'gateway'; readonly names: readonly string[] };

/** Whether this identity may speak for a provider of this name. */
export function speaksFor(identity: Identity, name: string): boolean {
  switch (identity.kind) {
    case 'anonymous':
    case 'admin':
      return true;
    case 'provider':
      return identity.name === name;
    case 'gateway':
      return identity.names.some((known) =>
        known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : known === name,
      );
    case 'registration':
    case 'read-only':
    case 'visitor':
      return false;
    default:
      return identity satisfies never;
  }
}

/** Whether no provider at all is spoken for with such a token. */
export function speaksForNobody({ kind }: Identity): boolean {
  return kind === 'registration' || kind === 'read-only' || kind === 'visitor';
}
