import dns from 'node:dns';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { certificate, daysFromNow } from '../../../health/test/certificate.js';
import { strictServer } from '../../../health/test/strict-servers.js';
import { exchange, type NoReply, type Reply } from './exchange.js';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** What comes of asking a server that sends these bytes as soon as it is asked, and then closes. */
async function ask(bytes: string, timeoutMs = 30_000): Promise<Reply | NoReply> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(bytes));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return exchange({ method: 'GET', url, timeoutMs, signal: new AbortController().signal });
}

describe('Whom an exchange means', () => {
  const leaf = certificate({ commonName: 'target.test', names: ['target.test'], notAfter: daysFromNow(9) });

  it.each([
    ['localhost', ['localhost']],
    ['localhost.', ['localhost']],
    ['127.0.0.1', []],
    ['[::1]', []],
  ])('is asked for by name alone: %s', async (host, serverNames) => {
    // not every resolver knows the name with its dot
    const { lookup } = dns;
    const bare = (name: string, ...rest: unknown[]): void =>
      (lookup as (...given: unknown[]) => void)(name.replace(/\.$/, ''), ...rest);
    vi.spyOn(dns, 'lookup').mockImplementation(bare as never);
    const server = await strictServer('https', { certificate: leaf });
    const url = new URL(`https://${host}:${server.port}/`);
    await exchange({ method: 'GET', url, timeoutMs: 30_000, signal: new AbortController().signal });
    vi.restoreAllMocks();
    expect(server.serverNames).toEqual(serverNames);
  });

  it.each(['127.0.0.1', '[::1]'])('is named with its brackets and its port: %s', async (host) => {
    const server = await strictServer('http');
    const url = new URL(`http://${host}:${server.port}/`);
    const reply = await exchange({
      method: 'GET',
      url,
      timeoutMs: 30_000,
      signal: new AbortController().signal,
    });
    expect(reply).toMatchObject({ status: 200 });
    expect(server.authorities).toEqual([`${host}:${server.port}`]);
  });

  it('is told with its brackets when it refuses', async () => {
    const url = new URL('http://[::1]:9/');
    const reply = await exchange({
      method: 'GET',
      url,
      timeoutMs: 30_000,
      signal: new AbortController().signal,
    });
    expect(reply).toMatchObject({ reason: 'connect ECONNREFUSED [::1]:9' });
  });
});

describe('exchange', () => {
  it('gives what was said', async () => {
    const reply = await ask('HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 2\r\n\r\n{}');
    expect(reply).toMatchObject({ status: 200, headers: { 'x-one': '1' }, text: '{}' });
  });

  it('reads an answer of 256 KiB, and gives up one that is longer', async () => {
    const head = 'HTTP/1.1 200 OK\r\n\r\n';
    expect(await ask(head + 'x'.repeat(262_144))).toMatchObject({ status: 200 });
    expect(await ask(head + 'x'.repeat(262_145))).toMatchObject({
      status: 0,
      reason: 'the answer is longer than 262144 bytes',
    });
  });

  it.each([
    ['breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{', /^the answer broke off: /],
    ['is not there', '', /socket hang up/],
    [
      'changes the protocol',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n',
      /is 101/,
    ],
    ['is no HTTP', 'hello\r\n\r\n', /Parse Error/],
  ])('says so when the answer %s', async (_what, bytes, reason) => {
    expect(await ask(bytes)).toMatchObject({
      status: 0,
      wasStale: false,
      reason: expect.stringMatching(reason),
    });
  });

  it('says which address refused when a name has several', async () => {
    const url = new URL('http://localhost:9/');
    const reply = await exchange({
      method: 'GET',
      url,
      timeoutMs: 30_000,
      signal: new AbortController().signal,
    });
    expect((reply as NoReply).reason).toMatch(/ECONNREFUSED/);
  });
});
