import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server that listens on loopback. */
export interface Listening {
  readonly port: number;
  /** Everybody who connected, in order. */
  readonly connections: readonly Socket[];
  close(): Promise<void>;
}

const listening = new Set<Listening>();

/**
 * Lets a server listen on a port of its own; it is closed, with its connections, by `closeServers`.
 * @param host `::` for both families
 */
export async function listen(server: Server, host = '127.0.0.1'): Promise<Listening> {
  const connections: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const opened: Listening = {
    port: (server.address() as AddressInfo).port,
    connections,
    close: async () => {
      listening.delete(opened);
      for (const socket of connections) socket.destroy();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
  listening.add(opened);
  return opened;
}

/** A server that is told of each connection; one that does nothing takes it and stays silent. */
export function tcpServer(serve: (socket: Socket) => void = () => undefined): Promise<Listening> {
  return listen(
    createServer((socket) => {
      socket.resume();
      serve(socket);
    }),
  );
}

/** Says the same to everybody who connected, once they said something. */
export function saying(
  text: string,
  after: (socket: Socket) => void = (socket) => socket.end(),
): Promise<Listening> {
  return tcpServer((socket) => socket.once('data', () => socket.write(text, () => after(socket))));
}

/** A port that nobody listens on. */
export async function deadPort(): Promise<number> {
  const server = await tcpServer();
  await server.close();
  return server.port;
}

/** Resolves when the other side has let go of a connection. */
export async function letGo(socket: Socket | undefined): Promise<void> {
  if (socket && !socket.closed) await once(socket, 'close');
}

/** Closes every server of `listen`. */
export async function closeServers(): Promise<void> {
  await Promise.all([...listening].map((server) => server.close()));
}
