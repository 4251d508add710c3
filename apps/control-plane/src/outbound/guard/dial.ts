import type { Clock } from '@vitals/core/time';
import { connect, type OnReadOpts, type Socket } from 'node:net';

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
 * @param addresses at least one, in the order in which they are to be tried
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
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const waiting = addresses.slice(0, MAX_TRIED);
    const attempts = new Set<Socket>();
    const faults: NodeJS.ErrnoException[] = [];
    let cancel: () => void = () => undefined;

    const end = (winner?: Socket): void => {
      cancel();
      signal.removeEventListener('abort', abort);
      waiting.length = 0;
      for (const socket of attempts) if (socket !== winner) socket.destroy();
      attempts.clear();
    };
    const abort = (): void => {
      end();
      reject(signal.reason as Error);
    };
    const next = (): void => {
      cancel();
      const address = waiting.shift();
      if (address === undefined) return;
      const socket = connect({
        host: address,
        port,
        noDelay: true,
        autoSelectFamily: false,
        ...(onread && { onread }),
      });
      attempts.add(socket);
      // stays, for a socket that fails when nobody listens any more must not end the process
      socket.on('error', (fault) => {
        if (!attempts.delete(socket)) return;
        faults.push(fault);
        if (waiting.length > 0) return next();
        if (attempts.size > 0) return;
        end();
        reject(mostTelling(faults));
      });
      socket.once('connect', () => {
        end(socket);
        resolve(socket);
      });
      if (waiting.length > 0) cancel = clock.after(ATTEMPT_DELAY_MS, next);
    };
    signal.addEventListener('abort', abort);
    next();
  });
}

function mostTelling(faults: readonly NodeJS.ErrnoException[]): Error {
  return (faults.find(({ code }) => EXHAUSTED.has(code)) ??
    faults.find(({ code }) => !NO_WAY.has(code)) ??
    faults[0]) as Error;
}
