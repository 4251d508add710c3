import { tlsIdentityOf } from '@vitals/core/check';
import type { Clock } from '@vitals/core/time';
import type { OnReadOpts, Socket } from 'node:net';
import { connect as secure, type SecureContext, type TLSSocket } from 'node:tls';
import type { AddressPolicy } from '../addresses/address.policy.js';
import type { NameResolver } from '../names/name.resolver.js';
import { ConnectionDenied } from './connection-denied.js';
import { dial } from './dial.js';
import { type Host, parseHost } from './host.js';
import { TlsContexts, type TlsDemand } from './tls-demand.js';
import { untilAborted } from './until-aborted.js';

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

/**
 * The one place that opens connections to addresses that users gave. A name is resolved, every address of it is
 * judged, and one of the addresses that were judged is connected to, never the name: what the name resolves to a
 * moment later does not matter.
 */
export class GuardedConnector {
  private readonly contexts: TlsContexts;

  /** @param ca the authorities that are trusted, as PEM; default those that Node.js trusts */
  constructor(
    private readonly policy: AddressPolicy,
    private readonly names: NameResolver,
    private readonly clock: Clock,
    ca?: string,
  ) {
    this.contexts = new TlsContexts(ca);
  }

  /**
   * Opens a connection, with TLS where that is demanded. Whoever gets it closes it; nothing is left open if it
   * fails or the signal fires. Errors of the socket that nobody listens for are dropped.
   * @param onStep told what is being done
   * @throws ConnectionDenied if one of the addresses may not be connected to, or the key cannot be used; the signal's
   * reason; otherwise the error of `node:dns`, `node:net` or `node:tls`
   */
  async connect(
    destination: Destination,
    signal: AbortSignal,
    onStep: (step: ConnectionStep) => void = () => undefined,
  ): Promise<Socket | TLSSocket> {
    const host = readHost(destination.host);
    // before anything is open: a key that cannot be used is refused here
    const secureContext = destination.tls && this.contexts.of(destination.tls);
    onStep('resolving the name');
    const addresses = await this.checkedAddresses(host, signal);
    onStep('connecting');
    const onread = destination.tls ? undefined : destination.onread;
    const socket = await dial(addresses, destination.port, signal, this.clock, onread);
    if (!destination.tls || !secureContext) return socket;
    onStep('agreeing on TLS');
    return this.secured(socket, host, { ...destination.tls, secureContext }, signal);
  }

  /**
   * The addresses of a host, each judged: for protocols that have no connection.
   * @throws as `connect` does
   */
  async addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.checkedAddresses(readHost(host), signal);
  }

  private async checkedAddresses(host: Host, signal: AbortSignal): Promise<readonly string[]> {
    if (host.isAddress) {
      this.assertAllowed(host.text);
      return [host.text];
    }
    const { addresses } = await untilAborted(this.names.resolve(host.text), signal);
    for (const address of addresses) this.assertAllowed(address, host.text);
    if (addresses.length > 0) return addresses;
    throw Object.assign(new Error(`the name ${host.text} has no address`), { code: 'ENOTFOUND' });
  }

  private assertAllowed(address: string, name?: string): void {
    const denial = this.policy.denialOf(address);
    if (denial === undefined) return;
    throw new ConnectionDenied(name === undefined ? denial : `${name} resolves to what is denied: ${denial}`);
  }

  private async secured(
    socket: Socket,
    host: Host,
    demand: TlsDemand & { readonly secureContext: SecureContext },
    signal: AbortSignal,
  ): Promise<TLSSocket> {
    if (signal.aborted) {
      socket.destroy();
      throw signal.reason as Error;
    }
    const asked = demand.serverName === undefined ? host : parseHost(demand.serverName);
    const { identity, serverName: servername } = tlsIdentityOf((asked ?? host).text);
    return new Promise((resolve, reject) => {
      const tls = secure({
        socket,
        host: identity,
        servername,
        rejectUnauthorized: demand.verify,
        secureContext: demand.secureContext,
        ALPNProtocols: demand.protocols ? [...demand.protocols] : undefined,
      });
      const fail = (error: Error): void => {
        signal.removeEventListener('abort', abort);
        tls.destroy();
        socket.destroy();
        reject(error);
      };
      const abort = (): void => fail(signal.reason as Error);
      const closed = (): void => fail(new Error('the connection was closed before TLS was agreed on'));
      signal.addEventListener('abort', abort);
      tls.on('error', fail);
      tls.once('close', closed);
      tls.once('secureConnect', () => {
        signal.removeEventListener('abort', abort);
        tls.off('close', closed);
        resolve(tls);
      });
    });
  }
}

function readHost(given: string): Host {
  const host = parseHost(given);
  if (!host) throw new ConnectionDenied('the host is neither a name nor an IP address');
  return host;
}
