import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpAdapterHost } from '@nestjs/core';
import type { ManualClock } from '@vitals/core/time';
import { NEVER } from 'rxjs';
import { WebSocket } from 'ws';
import { RawConnection } from '../../../../../test/support/raw-connection.js';
import { TestPlane } from '../../../test/test-plane.js';
import { RequestFront } from '../../http/node/front.js';
import { Authenticator } from '../../security/authenticator.js';
import { ServiceChecks } from '../service.registry.js';
import { ServiceDirectory } from '../service.directory.js';
import { ServiceInstance } from '../service.instance.js';
import { ServicesModule } from '../services.module.js';
import type { Subscriber } from './subscriber.js';
import { MAX_SUBSCRIPTIONS, PING_EVERY_MS, SubscriptionsService } from './subscriptions.service.js';

let clock: ManualClock;
let server: Server;
let service: SubscriptionsService;
let url: string;
let directory: ServiceDirectory;

beforeEach(async () => {
  const front = new RequestFront();
  const host = { httpAdapter: { getInstance: () => ({ getDecorator: () => front }) } };
  const everybody = { identifyFor: () => ({ kind: 'anonymous' }), ended: NEVER };
  const plane = await TestPlane.build({
    modules: [ServicesModule],
    providers: [{ provide: ServiceChecks, useValue: {} }],
    overrides: [
      [HttpAdapterHost, host],
      [Authenticator, everybody],
    ],
  });
  clock = plane.clock;
  directory = plane.get(ServiceDirectory);
  service = plane.get(SubscriptionsService);
  service.onModuleInit();
  service.onApplicationBootstrap();
  server = front.createServer((_request, response) => response.end(), {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  service.closeAll();
  await clock.advance(1_000);
  await new Promise((resolve) => server.close(resolve));
});

async function connect(options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/ws`, options);
  await once(socket, 'open');
  return socket;
}

/** The answer to the bytes of a handshake. */
async function answerTo(...lines: string[]): Promise<string> {
  const head = [...lines, 'host: here', 'connection: upgrade', 'upgrade: websocket', '', ''].join('\r\n');
  const { status, text } = await RawConnection.ask(url, head);
  return `${status} ${text}`;
}

describe('SubscriptionsService', () => {
  it('keeps the connections that answer its pings, and ends the others at the next one', async () => {
    const [alive, dead] = [await connect(), await connect({ autoPong: false })];
    const closed = once(dead, 'close');
    for (let round = 0; round < 2; round++) {
      const pinged = once(alive, 'ping');
      await clock.advance(PING_EVERY_MS);
      await pinged;
      // its pong is read before the answer to what it sends after it
      alive.send('https://h/a');
      await once(alive, 'message');
    }
    await closed;
    expect(alive.readyState).toBe(WebSocket.OPEN);
  });

  it('has room for so many subscriptions on all connections, and for others once a connection has ended', async () => {
    const [first, second] = [await connect(), await connect()];
    const ask = async (client: WebSocket, text: string): Promise<string> => {
      client.send(text);
      const [answer] = (await once(client, 'message')) as [Buffer];
      return answer.toString();
    };
    const others = {} as Subscriber;
    for (let at = 1; at < MAX_SUBSCRIPTIONS; at++) service.added('shared', others);
    expect(await ask(first, 'https://h/a')).toBe('{"a":[]}');
    expect(await ask(second, 'https://h/b')).toContain(`there are ${MAX_SUBSCRIPTIONS} subscriptions`);
    expect(await ask(first, 'https://h/a')).toBe('{"a":[]}');
    const { subscribers } = service as unknown as { subscribers: Set<object> };
    first.close();
    while (subscribers.size > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await ask(second, 'https://h/b')).toBe('{"b":[]}');
  });

  it('ends the connection of a client of which nothing was read between two looks, and of no other', async () => {
    const [alive, deaf] = [await connect(), await connect()];
    alive.on('message', () => undefined);
    const node = { key: 1, serviceId: 'a', protocol: 'http', address: 'h', port: 1, registeredAtMs: 0 };
    const services = Array.from(
      { length: 5_000 },
      (_, port) => new ServiceInstance({ ...node, port: port + 1 }),
    );
    for (const each of services) directory.add(each);
    for (const client of [alive, deaf]) {
      client.send('https://h/a');
      await once(client, 'message');
    }
    deaf.pause();
    const { subscribers } = service as unknown as { subscribers: Set<{ socket: WebSocket }> };
    const [last] = services;
    while (![...subscribers].some(({ socket }) => socket.isPaused)) {
      last!.critical = !last!.critical;
      directory.noteChange(last!);
      await clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let looks = 0; looks < 2; looks++) {
      await clock.advance(PING_EVERY_MS);
      alive.send('https://h/b');
      for (let isAnswered = false; !isAnswered;) {
        const [data] = (await once(alive, 'message')) as [Buffer];
        isAnswered = data.toString() === '{"b":[]}';
      }
    }
    expect(alive.readyState).toBe(WebSocket.OPEN);
    while (subscribers.size > 1) await new Promise((resolve) => setImmediate(resolve));
    deaf.terminate();
  });

  it('refuses new connections once it is shutting down', async () => {
    service.closeAll();
    const answer = await answerTo(
      'GET /ws HTTP/1.1',
      'sec-websocket-version: 13',
      'sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==',
    );
    expect(answer).toMatch(/^503 .*"code":"ERR10014".*shutting down/);
  });

  it.each<[string, string[], RegExp]>([
    [
      'without a key',
      ['GET /ws HTTP/1.1', 'sec-websocket-version: 13'],
      /^400 .*"code":"ERR10014".*Sec-WebSocket-Key/,
    ],
    [
      'of another version',
      ['GET /ws HTTP/1.1', 'sec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg=='],
      /^400 .*Sec-WebSocket-Version/,
    ],
    ['with a method that is not GET', ['POST /ws HTTP/1.1', 'content-length: 0'], /^400 .*method/],
    [
      'of a page from elsewhere',
      ['GET /ws HTTP/1.1', 'origin: https://evil.example'],
      /^403 .*"code":"ERR10067".*evil/,
    ],
    ['of a page from nowhere', ['GET /ws HTTP/1.1', 'origin: null'], /^403 .*"code":"ERR10067"/],
  ])('refuses a handshake %s, in light-4j’s form', async (_what, lines, answer) => {
    expect(await answerTo(...lines)).toMatch(answer);
  });

  it('lets pages from here connect', async () => {
    const socket = await connect({ origin: url });
    socket.terminate();
  });
});
