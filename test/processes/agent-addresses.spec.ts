import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TLSSocket } from 'node:tls';
import { certificate, daysFromNow } from '../../libs/health/test/certificate.js';
import { TestControlPlane, until } from '../support/control-plane.js';

let plane: TestControlPlane;
let folder: string;
const running: ChildProcess[] = [];
const servers: Server[] = [];

const trusted = certificate({
  commonName: 'of this test',
  names: ['localhost', '127.0.0.1', '::1'],
  notAfter: daysFromNow(1),
});

beforeAll(async () => {
  plane = await TestControlPlane.start({ VITALS_HEARTBEAT_INTERVAL: '1s' });
  folder = mkdtempSync(join(tmpdir(), 'agent-addresses-'));
  writeFileSync(join(folder, 'ca.pem'), trusted.cert);
});

afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

afterAll(async () => {
  await plane.stop();
  rmSync(folder, { recursive: true });
});

/** What a strict server has against how it was asked: RFC 9110 section 7.2, RFC 6066 section 3. */
function faultOf(
  { headers, rawHeaders, socket }: IncomingMessage,
  host: string,
  port: number,
): string | undefined {
  const wanted = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const hosts = rawHeaders.filter((_, at) => at % 2 === 0).filter((name) => name.toLowerCase() === 'host');
  if (hosts.length !== 1 || headers.host !== wanted) return `Host is ${headers.host}, not ${wanted}`;
  if (!(socket instanceof TLSSocket)) return undefined;
  const { servername } = socket as TLSSocket & { servername?: string | false };
  const named = servername || undefined;
  return named === (isIP(host) === 0 ? host : undefined) ? undefined : `the server name is ${named}`;
}

/** Stands before the control plane, and lets through what is strictly right; a provider at /ready, too. */
async function strictServer(scheme: string, host: string): Promise<{ url: string; faults: Set<string> }> {
  const faults = new Set<string>();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const fault = faultOf(request, host, port);
    if (fault !== undefined) {
      faults.add(fault);
      response.writeHead(421).end();
    } else if (request.url === '/ready') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"phase":"Maintenance"}');
    } else {
      const { method, headers } = request;
      const onward = http.request(plane.url + request.url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode as number, answer.rawHeaders);
        answer.pipe(response);
      });
      request.pipe(onward);
    }
  };
  const { cert, key } = trusted;
  const server = scheme === 'https' ? https.createServer({ cert, key }, serve) : http.createServer(serve);
  servers.push(server);
  server.listen(0, host === '::1' ? '::1' : '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`, faults };
}

describe('vitals-agent, before a strict server', () => {
  const cases = ['http', 'https'].flatMap((scheme) =>
    ['localhost', '127.0.0.1', '::1'].map((host) => [scheme, host] as const),
  );

  it.each(cases)(
    'is registered and beats over %s to %s, and asks its provider there',
    async (scheme, host) => {
      const { url, faults } = await strictServer(scheme, host);
      const name = `${scheme}-${host.replaceAll(':', '')}`;
      const args = ['--name', name, '--control-plane', url, '--endpoint', url, '--service-type', 'vm'];
      const agent = spawn(
        process.execPath,
        [resolve('libs/heartbeat/bin/vitals-agent.js'), ...args, '--http', `${url}/ready`],
        { env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }, stdio: 'ignore' },
      );
      running.push(agent);
      const ended = once(agent, 'exit');
      await until(
        30_000,
        async () => (await plane.send('GET', `/providers/${name}/status`)).body['phase'],
        (phase) => phase === 'Maintenance',
      );
      const { body } = await plane.send('GET', `/providers/${name}`);
      expect([body['endpoint'], [...faults]]).toEqual([url, []]);
      agent.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
  );

  it('says in brackets which IPv6 address does not answer', async () => {
    const { url } = await strictServer('http', '::1');
    await new Promise((closed) => servers.splice(0)[0]?.close(closed));
    const args = ['--name', 'p', '--control-plane', url, '--endpoint', url, '--service-type', 'vm'];
    const agent = spawn(process.execPath, [resolve('libs/heartbeat/bin/vitals-agent.js'), ...args], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.push(agent);
    let errors = '';
    agent.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await until(
      30_000,
      async () => errors,
      (text) => text.includes('\n'),
    );
    const address = new URL(url).host;
    expect(errors).toContain(
      `the registration fails at http://${address}: connect ECONNREFUSED ${address}; next try`,
    );
  });
});
