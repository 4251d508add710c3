import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { TestControlPlane, until } from '../../../../../test/support/control-plane.js';
import { WatchingClient } from '../../../test/watching-client.js';
import { nodeAt } from '../../../test/registry-fixture.js';
import { ServiceDirectory } from '../service.directory.js';
import { ServiceInstance } from '../service.instance.js';
import { MAX_OUTDATED_BYTES } from './group.messages.js';
import { FRAGMENT_BYTES, MAX_UNSENT_BYTES } from './outbox.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** Nodes of the group: its state has more than a mebibyte, which no socket takes at once many times over. */
const NODES = 20_000;
/** The header of a frame, at most. */
const HEADER_BYTES = 16;

let plane: TestControlPlane;
let directory: ServiceDirectory;
let last: ServiceInstance;
const open: Socket[] = [];

beforeAll(async () => {
  plane = await TestControlPlane.start();
  directory = plane.app.get(ServiceDirectory);
  for (let port = 1; port <= NODES; port++) {
    const key = directory.nextKey();
    last = new ServiceInstance({
      ...nodeAt(port, { address: `host-${port}.example` }),
      key,
      registeredAtMs: key,
    });
    directory.add(last);
    directory.noteChange(last);
  }
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(() => plane.stop());

/** A frame of a client (RFC 6455 section 5.2), masked with zeros. */
function frame(opcode: number, payload: string, fin = true): Buffer {
  const data = Buffer.from(payload);
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode, 0x80 | data.length, 0, 0, 0, 0]), data]);
}

const SUBSCRIBE = frame(1, 'https://h/a');
const [CONTINUATION, PING] = [0, 9];

/** A connection that was upgraded, of which nothing is read. */
async function deaf(): Promise<Socket> {
  const { hostname, port } = new URL(plane.url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  open.push(socket);
  socket.write(
    'GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
      'sec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  );
  await once(socket, 'readable');
  socket.pause();
  return socket;
}

/** What the control plane has not sent yet, by connection, and what it has read. */
function serverSides(): readonly {
  readonly unsent: number;
  readonly read: number;
  readonly paused: boolean;
}[] {
  const { subscribers } = plane.app.get(SubscriptionsService) as unknown as {
    subscribers: Set<{ socket: { bufferedAmount: number; isPaused: boolean; _socket: Socket } }>;
  };
  return [...subscribers].map(({ socket }) => ({
    unsent: socket.bufferedAmount,
    read: socket._socket.bytesRead,
    paused: socket.isPaused,
  }));
}

function change(): void {
  last.critical = !last.critical;
  directory.noteChange(last);
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Clients that subscribe and read nothing', () => {
  it('cost a window each, however often the group changes, and others are told meanwhile', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => deaf()));
    for (const client of clients) client.write(SUBSCRIBE);
    // the machine takes some states of it on its own
    const held = async (): Promise<number> => {
      change();
      return serverSides().filter(({ paused }) => paused).length;
    };
    await until(30_000, held, (count) => count === clients.length);
    const reader = await WatchingClient.connect(plane.url);
    reader.subscribe('a');
    await reader.next();
    for (let count = 0; count < 50; count++) {
      change();
      await settle();
    }
    for (const { unsent } of serverSides())
      expect(unsent).toBeLessThanOrEqual(MAX_UNSENT_BYTES + FRAGMENT_BYTES + 2 * HEADER_BYTES);
    reader.subscribe('nobody');
    await reader.until((message) => 'nobody' in (message as object));
    const { messages } = plane.app.get(SubscriptionsService);
    const { text } = messages.borrow('a', () => undefined);
    expect(messages.outdatedBytes).toBeLessThanOrEqual(MAX_OUTDATED_BYTES);
    expect(text.length).toBeGreaterThan(2 ** 20);
    await reader.close();
  });

  it('are told the newest state when they read again, and few of those in between', async () => {
    const client = await WatchingClient.connect(plane.url);
    client.subscribe('a');
    await client.next();
    client.socket.pause();
    for (let count = 0; count < 101; count++) {
      change();
      await settle();
    }
    client.socket.resume();
    const shown = directory.shown('a').length;
    const isNewest = (message: unknown): boolean => (message as { a: unknown[] }).a.length === shown;
    expect(await client.until(isNewest)).toBeLessThan(100);
    await client.close();
  });

  it('are not read from either: pings without end wait at the client', async () => {
    const client = await deaf();
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => frame(PING, 'x'.repeat(120))));
    client.write(SUBSCRIBE);
    for (let count = 0; count < 50; count++) client.write(pings);
    await until(
      10_000,
      async () => serverSides()[0],
      (side) => side?.paused === true,
    );
    await settle();
    const [side] = serverSides();
    expect(side?.unsent).toBeLessThanOrEqual(MAX_UNSENT_BYTES + FRAGMENT_BYTES + 2 * HEADER_BYTES);
    expect(side?.read).toBeLessThan(50 * pings.length);
    expect(client.writableLength).toBeGreaterThan(0);
  });
});

describe('A client that', () => {
  it('pings faster than it is answered is answered the last of its pings, and not cut off', async () => {
    const client = await WatchingClient.connect(plane.url);
    const pongs: string[] = [];
    client.socket.on('pong', (data) => pongs.push(data.toString()));
    for (let count = 0; count < 5_000; count++) client.socket.ping(`${count}`);
    client.subscribe('nobody');
    expect(await client.next()).toEqual({ nobody: [] });
    expect([pongs.at(-1), client.closed]).toEqual(['4999', undefined]);
    await client.close();
  });

  it('sends a text in fragments without end is disconnected', async () => {
    const client = await deaf();
    client.write(frame(1, 'a', false));
    for (let count = 0; count < 1_000; count++) client.write(frame(CONTINUATION, 'a', false));
    await until(
      10_000,
      async () => serverSides().length,
      (count) => count === 0,
    );
  });

  it('announces a frame of gigabytes is disconnected before it has sent it', async () => {
    const client = await deaf();
    client.write(Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    await until(
      10_000,
      async () => serverSides().length,
      (count) => count === 0,
    );
  });

  it('subscribes ten thousand times over is told why not, and disconnected', async () => {
    const client = await WatchingClient.connect(plane.url);
    for (let count = 0; count < 10_000; count++) client.subscribe(`b${count}`);
    let refused = 0;
    for (let message; (message = await client.next()) !== undefined;)
      if ((message as { code?: string }).code === 'ERR10014') refused++;
    expect([client.closed?.code, refused]).toEqual([1008, 20]);
  });
});
