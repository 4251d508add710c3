import { SystemClock } from '@vitals/core/time';
import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { untilAborted } from './abortable.js';
import { Connector, type Destination } from './connector.js';
import { dial, secured } from './dial.js';

/** Connects wherever it is told to, for targets that the app's own code names. Node.js resolves names. */
export class OpenConnector extends Connector {
  private readonly clock = new SystemClock();

  async connect({ host, port, tls, onread }: Destination, signal: AbortSignal): Promise<Socket | TLSSocket> {
    const context = tls && createSecureContext({ ca: tls.ca });
    const socket = await dial([host], port, signal, this.clock, tls ? undefined : onread);
    return tls && context ? secured(socket, tls.serverName ?? host, tls, context, signal) : socket;
  }

  async addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const found = await untilAborted(lookup(host, { all: true }), signal);
    return found.map(({ address }) => address);
  }
}
