import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsOptions } from '@vitals/core/check';
import { ConnectionDenied } from './connector.js';

/** What of TLS differs from target to target; a target that says it is one, with how it is verified. */
export interface TlsDemand extends Omit<TlsOptions, 'ca'> {
  /** The authorities that are trusted, as PEM; `undefined`: those that Node.js trusts. */
  readonly ca?: SecureContextOptions['ca'];
  /** Whether a certificate that is not trusted ends the connection. */
  readonly verify: boolean;
  /** What is offered by ALPN (RFC 7301). */
  readonly protocols?: readonly string[];
}

/** Contexts that are kept; the one that was needed longest ago goes first. */
const MAX_CONTEXTS = 256;

/**
 * Tells apart who is trusted, who is meant and who asks: connections of different prints must not be shared. It tells
 * nothing of the key. Empty where nothing is said.
 */
export function tlsPrint({ ca, serverName, clientCertificate, clientKey }: Partial<TlsDemand>): string {
  const said = [ca, serverName, clientCertificate, clientKey];
  if (said.every((one) => one === undefined)) return '';
  return createHash('sha256')
    .update(JSON.stringify(said.map((one) => one ?? null)))
    .digest('base64url');
}

/** Reads certificates and keys once for all connections that need the same. */
export class TlsContexts {
  private readonly contexts = new Map<string, SecureContext>();

  /** @param ca the authorities that are trusted where a demand names none, as PEM; default those of Node.js */
  constructor(private readonly ca?: string) {}

  /** @throws ConnectionDenied for a key that cannot be used: it was found in the environment, the rest was read before */
  of(demand: TlsDemand): SecureContext {
    const print = tlsPrint({ ...demand, serverName: undefined });
    const context = this.contexts.get(print) ?? this.make(demand);
    this.contexts.delete(print);
    this.contexts.set(print, context);
    if (this.contexts.size > MAX_CONTEXTS) this.contexts.delete(this.contexts.keys().next().value as string);
    return context;
  }

  private make({ ca = this.ca, clientCertificate: cert, clientKey: key }: TlsDemand): SecureContext {
    try {
      return createSecureContext({ ca, cert, key });
    } catch {
      throw new ConnectionDenied(
        'client_key is not a private key as PEM that belongs to client_certificate; correct its variable',
      );
    }
  }
}
