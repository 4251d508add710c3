import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { nodeAt } from '../../apps/control-plane/test/registry-fixture.js';
import { registration } from '../support/control-plane.js';
import { ADMIN, beatOf, SecuredControlPlane } from '../support/secured.js';
import { CERTIFICATE, NAME, startCaddy, startNginx } from './services/proxies.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const secured = await SecuredControlPlane.start();
const { token: readOnlyToken } = await secured.give({ kind: 'read-only' });
const upstream = Number(new URL(secured.plane.url).port);
const echo = await startEcho();
const filled = { upstream, readOnlyToken };
const behindEcho = { upstream: (echo.address() as AddressInfo).port, readOnlyToken };
const proxies = [
  ['nginx', await provideService('nginx', () => startNginx(filled)), startNginx],
  ['Caddy', await provideService('Caddy', () => startCaddy(filled)), startCaddy],
] as const;

afterAll(async () => {
  echo.closeAllConnections();
  echo.close();
  await secured.stop();
});

/** Says which headers came, and then sends an event and nothing more. */
async function startEcho(): Promise<Server> {
  const server = createServer(({ headers }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(headers)}\n\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks a proxy by HTTP/1.1, as if its name led to it; resolves with what has come when `isEnough`. */
function ask(
  { port }: Service,
  [method, path]: readonly [string, string],
  headers: Readonly<Record<string, string>> = {},
  body?: object,
  isEnough: (text: string) => boolean = () => false,
): Promise<Answer> {
  const agent = new Agent({ ca: CERTIFICATE, servername: NAME });
  const json = body && { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent,
        headers: { host: `${NAME}:${port}`, ...json, ...headers },
      },
      (response) => {
        const status = response.statusCode as number;
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (isEnough(text)) resolve({ status, text });
        });
        response.on('end', () => resolve({ status, text }));
      },
    );
    asked.on('error', reject).end(body && JSON.stringify(body));
  });
}

/** Asks by HTTP/2 as the registry client of light-4j does, which calls every host `localhost`. */
async function askAsLight4j(
  session: ClientHttp2Session,
  [method, path]: readonly [string, string],
  token: string,
  body?: object,
): Promise<Answer> {
  const stream = session.request({
    ':method': method,
    ':path': path,
    ':authority': 'localhost',
    'x-consul-token': `Bearer ${token}`,
    ...(body && { 'content-type': 'application/json' }),
  });
  stream.end(body && JSON.stringify(body));
  const [headers] = (await once(stream, 'response')) as [Readonly<Record<string, unknown>>];
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return { status: Number(headers[':status']), text };
}

const socketTo = ({ port }: Service, headers: Readonly<Record<string, string>>): WebSocket =>
  new WebSocket(`wss://127.0.0.1:${port}/ws`, {
    agent: new Agent({ ca: CERTIFICATE, servername: NAME }),
    headers,
  });

describe.each(proxies)('%s, configured as docs/operations.md has it,', (_name, started, start) => {
  const proxy = started as Service;
  const origin = (): string => `https://${NAME}:${proxy.port}`;
  const admin = { authorization: `Bearer ${ADMIN}` };
  const own = (): Readonly<Record<string, string>> => ({ host: `${NAME}:${proxy.port}`, origin: origin() });

  describeWith(started)('in front of a control plane with tokens', () => {
    it('passes calls and their tokens on, and gives none to who has none', async () => {
      const name = `behind-${proxy.port}`;
      expect((await ask(proxy, ['POST', '/providers'], admin, registration(name))).status).toBe(201);
      const heartbeat = ['PUT', `/providers/${name}/status`] as const;
      expect(await ask(proxy, heartbeat, admin, beatOf())).toMatchObject({
        status: 200,
        text: expect.stringContaining('next_interval_seconds'),
      });
      for (const path of ['/providers', '/services', '/ws/', '/services/lookup?serviceId=a'])
        expect([path, (await ask(proxy, ['GET', path])).status]).toEqual([path, path === '/ws/' ? 404 : 401]);
      expect((await ask(proxy, ['GET', '/healthz'])).status).toBe(204);
      const large = { ...registration(name), display_name: 'x'.repeat(70_000) };
      expect((await ask(proxy, ['POST', '/providers'], admin, large)).status).toBe(413);
    });

    it('lets an own page subscribe without a token, and no page of another site', async () => {
      const socket = socketTo(proxy, own());
      await once(socket, 'open');
      socket.send('https://localhost:443/a');
      const [first] = (await once(socket, 'message')) as [Buffer];
      expect(JSON.parse(first.toString())).toHaveProperty('a');
      socket.terminate();
      for (const headers of [
        { ...own(), origin: 'https://evil.invalid' },
        { ...own(), authorization: 'Bearer x' },
      ]) {
        const refused = socketTo(proxy, headers);
        refused.on('error', () => undefined);
        const [, response] = (await once(refused, 'unexpected-response')) as [
          unknown,
          { statusCode: number; destroy: () => void },
        ];
        expect(response.statusCode).toBe('authorization' in headers ? 401 : 403);
        response.destroy();
      }
    });

    it('serves a client of light-4j over HTTP/2, whatever it calls the host', async () => {
      const { token } = await secured.give({ kind: 'gateway', names: ['a'] });
      const session = connect(`https://127.0.0.1:${proxy.port}`, { ca: CERTIFICATE, servername: NAME });
      try {
        const registered = await askAsLight4j(session, ['POST', '/services'], token, nodeAt(80));
        expect([registered.status, registered.text]).toEqual([200, expect.stringContaining('SUC10200')]);
        const lookup = await askAsLight4j(session, ['GET', '/services/lookup?serviceId=a'], token);
        expect(JSON.parse(lookup.text)).toEqual([{ protocol: 'http', address: '10.0.0.7', port: 80 }]);
      } finally {
        session.destroy();
      }
      const socket = socketTo(proxy, { host: 'localhost' });
      await once(socket, 'open');
      socket.terminate();
    });
  });

  describeWith(started)('in front of a stream of events', () => {
    it('passes the first event on at once, with the host and the caller of the request', async () => {
      const other = await start(behindEcho);
      try {
        const { text } = await ask(other, ['GET', '/events'], {}, undefined, (come) => come.includes('\n\n'));
        const headers = JSON.parse(text.slice('data: '.length)) as IncomingHttpHeaders;
        expect(headers).toMatchObject({
          host: `${NAME}:${other.port}`,
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-proto': 'https',
        });
        expect(headers).not.toHaveProperty('authorization');
        expect(headers).not.toHaveProperty('upgrade');
      } finally {
        await other.remove();
      }
    });
  });
});
