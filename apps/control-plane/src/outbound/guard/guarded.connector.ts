import type { Clock } from '@vitals/core/time';
import {
  ConnectionDenied,
  type ConnectionStep,
  Connector,
  type Destination,
  dial,
  type Host,
  parseHost,
  secured,
  TlsContexts,
  untilAborted,
} from '@vitals/probes';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { AddressPolicy } from './address.policy.js';
import type { NameResolver } from '../name.resolver.js';

/**
 * The one place that opens connections to addresses that users gave. A name is resolved, every address of it is
 * judged, and one of the addresses that were judged is connected to, never the name: what the name resolves to a
 * moment later does not matter.
 */
export class GuardedConnector extends Connector {
  private readonly contexts: TlsContexts;

  /** @param ca the authorities that are trusted, as PEM; default those that Node.js trusts */
  constructor(
    private readonly policy: AddressPolicy,
    private readonly names: NameResolver,
    private readonly clock: Clock,
    ca?: string,
  ) {
    super();
    this.contexts = new TlsContexts(ca);
  }

  /** @throws as its port says; ConnectionDenied if one of the addresses may not be connected to */
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
    const { serverName = host.text } = destination.tls;
    return secured(socket, (parseHost(serverName) ?? host).text, destination.tls, secureContext, signal);
  }

  /** Each is judged. */
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
}

function readHost(given: string): Host {
  const host = parseHost(given);
  if (!host) throw new ConnectionDenied('the host is neither a name nor an IP address');
  return host;
}
