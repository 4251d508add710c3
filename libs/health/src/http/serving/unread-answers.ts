import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * How long the kernel may take nothing of an answer before its reader is given up, in milliseconds. It takes some two
 * megabytes at a time from a connection that is read slowly: nothing for a while does not mean that nobody reads.
 */
export const MAX_UNREAD_MS = 60_000;

/** Looks at the connections of a server in so many steps of that time. */
const STEPS = 10;

/** What Node knows of the bytes of a connection that it gave to the system. */
interface Handle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/** How much of what was written to a connection had been taken, and since when no more was. */
interface Unread {
  readonly takenBytes: number;
  readonly sinceMs: number;
}

/**
 * The connections of a server, of which those are ended whose other side does not read. Who reads slowly makes
 * progress, also within one large write, and is let be; so is who waits for an answer that is still being formed.
 * The same holds for a connection that was taken over by an upgrade. Upgrades are not listened to: a server with a
 * listener for them leaves every request unanswered that offers another protocol, and nobody takes over.
 */
export class UnreadAnswers {
  private readonly connections = new Set<Socket>();
  private readonly unread = new WeakMap<Socket, Unread>();

  constructor(
    server: Server,
    private readonly maxUnreadMs = MAX_UNREAD_MS,
  ) {
    server.on('connection', (socket: Socket) => this.connections.add(socket));
  }

  /** Ends the connections of which nothing was taken for too long. @param nowMs monotonic, in milliseconds */
  sweep(nowMs: number): void {
    for (const socket of this.connections) {
      if (socket.destroyed) this.connections.delete(socket);
      else if (socket.writableLength > 0) this.look(socket, nowMs);
      else this.unread.delete(socket);
    }
  }

  private look(socket: Socket, nowMs: number): void {
    const known = this.unread.get(socket);
    const takenBytes = takenOf(socket);
    if (known?.takenBytes !== takenBytes) this.unread.set(socket, { takenBytes, sinceMs: nowMs });
    else if (nowMs - known.sinceMs >= this.maxUnreadMs) socket.destroy();
  }
}

/** Sweeps the connections of a server for as long as it listens. */
export function dropUnread(server: Server, maxUnreadMs = MAX_UNREAD_MS): void {
  const answers = new UnreadAnswers(server, maxUnreadMs);
  const sweeping = setInterval(() => answers.sweep(performance.now()), maxUnreadMs / STEPS).unref();
  server.once('close', () => clearInterval(sweeping));
}

/** The bytes of a connection that the kernel has taken; Node keeps them under these names. */
function takenOf(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { readonly _handle?: Handle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}
