import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { FactoryProvider } from '@nestjs/common';
import type { CheckContext, HealthStatus } from '../src/index.js';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** The instance that a ready-made check's provider makes. */
interface Made {
  check(context: CheckContext): HealthStatus | Promise<HealthStatus>;
  onModuleInit(): void;
  onApplicationShutdown(): void;
}

/** Anything that listens and can be closed. */
interface Listening {
  close(done?: () => void): unknown;
}

const made = new Set<Made>();
const servers = new Set<Listening>();

afterEachTest(async () => {
  for (const check of made) check.onApplicationShutdown();
  made.clear();
  const listening = [...servers];
  servers.clear();
  await Promise.all(
    listening.map((server) => new Promise<void>((closed) => void server.close(() => closed()))),
  );
});

/** Makes a ready-made check as the container would, opened, and closed after the test. */
export function make(provider: FactoryProvider, ...dependencies: unknown[]) {
  const instance = (provider.useFactory as (...given: unknown[]) => Made)(...dependencies);
  instance.onModuleInit();
  made.add(instance);
  return {
    instance,
    run: async (signal = new AbortController().signal): Promise<HealthStatus> => instance.check({ signal }),
  };
}

/** Closes a server after the test. */
export function closeAfterTest<T extends Listening>(server: T): T {
  servers.add(server);
  return server;
}

/** Listens on a port of its own, and closes after the test; returns the port. */
export async function listen(server: Server): Promise<number> {
  closeAfterTest(server).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens on. */
export async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server that accepts connections and never says a word. */
export async function silentServer() {
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  const port = await listen(server);
  closeAfterTest({
    close: (done) => {
      for (const connection of connections) connection.destroy();
      done?.();
    },
  });
  /** Resolves with the first connection. */
  const connected = async (): Promise<Socket> => {
    if (connections.length === 0) await once(server, 'connection');
    return connections[0] as Socket;
  };
  return { port, connections, connected };
}

/** Resolves when the other side has let go of a connection. */
export async function letGo(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}
