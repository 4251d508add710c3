import { tlsIdentityOf } from '@vitals/core/check';
import { type Clock, SystemClock } from '@vitals/core/time';
import { lookup } from 'node:dns/promises';
import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as secure, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { abortable, untilAborted } from './abortable.js';
import { Connector, type Destination, type TlsDemand } from './connector.js';

/** Until the next address is tried as well, in milliseconds: the connection attempt delay of RFC 8305 section 5. */
const ATTEMPT_DELAY_MS = 250;

/** Of a name with more addresses, the first are tried. */
const MAX_TRIED = 8;

/** This process has no descriptor left: what it says of one address, it says of all. */
const EXHAUSTED: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** This machine has no way to an address, so another address says more. */
const NO_WAY: ReadonlySet<unknown> = new Set(['EADDRNOTAVAIL', 'ENETUNREACH', 'EAFNOSUPPORT']);

/**
 * Connects to the first of some addresses that accepts; the next one is tried when one fails, or does not answer
 * for a while. Every socket but the one returned is closed, and none is left when the signal fires.
 * @param addresses at least one, in the order in which they are to be tried; Node.js resolves a name among them
 * @param onread whom the connection hands what it reads, in place of the event `data`
 * @throws what the most telling attempt failed with, or the signal's reason
 */
export function dial(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
  clock: Clock,
  onread?: OnReadOpts,
): Promise<Socket> {
  return abortable(signal, (resolve, reject) => {
    const waiting = addresses.slice(0, MAX_TRIED);
    const attempts = new Set<Socket>();
    const faults: NodeJS.ErrnoException[] = [];
    let cancel: () => void = () => undefined;
    const next = (): void => {
      cancel();
      const address = waiting.shift();
      if (address === undefined) return;
      const socket = connect({ host: address, port, noDelay: true, ...(onread && { onread }) });
      attempts.add(socket);
      // stays, for a socket that fails when nobody listens any more must not end the process
      socket.on('error', (fault) => {
        if (!attempts.delete(socket)) return;
        faults.push(fault);
        if (waiting.length > 0) next();
        else if (attempts.size === 0) reject(mostTelling(faults));
      });
      socket.once('connect', () => {
        attempts.delete(socket);
        resolve(socket);
      });
      if (waiting.length > 0) cancel = clock.after(ATTEMPT_DELAY_MS, next);
    };
    next();
    return () => {
      cancel();
      waiting.length = 0;
      for (const socket of attempts) socket.destroy();
      attempts.clear();
    };
  });
}

/**
 * Agrees on TLS over a connection that is open, which is closed if that fails or the signal fires.
 * @param name the server that is meant, in SNI and in the certificate
 * @throws the error of `node:tls`, or the signal's reason
 */
export async function secured(
  socket: Socket,
  name: string,
  { verify, protocols }: TlsDemand,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<TLSSocket> {
  if (signal.aborted) socket.destroy();
  return abortable(signal, (resolve, reject) => {
    const { identity, serverName: servername } = tlsIdentityOf(name);
    const tls = secure({
      socket,
      host: identity,
      servername,
      rejectUnauthorized: verify,
      secureContext,
      ALPNProtocols: protocols ? [...protocols] : undefined,
    });
    const closed = (): void => reject(new Error('the connection was closed before TLS was agreed on'));
    let isSecure = false;
    tls.on('error', reject);
    tls.once('close', closed);
    tls.once('secureConnect', () => {
      isSecure = true;
      tls.off('close', closed);
      resolve(tls);
    });
    return () => {
      if (isSecure) return;
      tls.destroy();
      socket.destroy();
    };
  });
}

function mostTelling(faults: readonly NodeJS.ErrnoException[]): Error {
  return (faults.find(({ code }) => EXHAUSTED.has(code)) ??
    faults.find(({ code }) => !NO_WAY.has(code)) ??
    faults[0]) as Error;
}

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
