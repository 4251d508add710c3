import type { TlsOptions } from '@vitals/core/check';
import { createHash } from 'node:crypto';
import type { OnReadOpts, Socket } from 'node:net';
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';

/** Where to connect to, as a user gave it. */
export interface Destination {
  /** A name, an IPv4 or an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** Absent: in the clear. */
  readonly tls?: TlsDemand;
  /** Whom a connection in the clear hands what it reads, in place of the event `data`. */
  readonly onread?: OnReadOpts;
}

/** How far a connection has come, in words that follow "while". */
export type ConnectionStep = 'resolving the name' | 'connecting' | 'agreeing on TLS';

/** The settings forbid a connection; the message says which address, what it is, and what would allow it. */
export class ConnectionDenied extends Error {
  override readonly name = 'ConnectionDenied';
}

/** Opens the connections of probes. */
export abstract class Connector {
  /**
   * Opens a connection, with TLS where that is demanded. Whoever gets it closes it; nothing is left open if it
   * fails or the signal fires. Errors of the socket that nobody listens for are dropped.
   * @param onStep told what is being done
   * @throws ConnectionDenied if the connection may not be opened, or the key cannot be used; the signal's reason;
   * otherwise the error of `node:dns`, `node:net` or `node:tls`
   */
  abstract connect(
    destination: Destination,
    signal: AbortSignal,
    onStep?: (step: ConnectionStep) => void,
  ): Promise<Socket | TLSSocket>;

  /**
   * The addresses of a host that may be asked, at least one: for protocols that have no connection.
   * @throws as `connect` does
   */
  abstract addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]>;
}

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
