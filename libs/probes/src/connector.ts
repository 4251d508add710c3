import type { OnReadOpts, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsDemand } from './tls-demand.js';

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
