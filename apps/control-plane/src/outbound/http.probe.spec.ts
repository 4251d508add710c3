import type { HttpTarget } from '@vitals/core/check';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { certificate, daysFromNow } from '../../../../libs/health/test/certificate.js';
import { httpTarget, outbound } from '../../test/outbound/outbound-fixture.js';
import { closeServers, deadPort, listen } from '../../test/outbound/test-servers.js';

afterEach(closeServers);

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

const origin = async (serve: Serve): Promise<string> =>
  `http://target.test:${(await listen(createServer(serve))).port}`;

async function asked(serve: Serve, more: Partial<HttpTarget> = {}, path = '/health') {
  return outbound().prober.probe(httpTarget((await origin(serve)) + path, more), 10_000);
}

const says =
  (code: number, body = ''): Serve =>
  (_request, response) => {
    response.statusCode = code;
    response.end(body);
  };

describe('HttpProbe', () => {
  it('finds 200 well, and tells how long it took', async () => {
    const result = await asked(says(200, 'fine'));
    expect(result).toEqual({
      outcome: 'success',
      message: 'answered 200',
      durationMs: expect.any(Number) as number,
    });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  it.each([
    [204, [], 'failure', 'answered 204, expected 200'],
    [503, [], 'failure', 'answered 503, expected 200'],
    [404, [{ first: 200, last: 299 }], 'failure', 'answered 404, expected 200 to 299'],
    [
      500,
      [
        { first: 200, last: 200 },
        { first: 300, last: 399 },
      ],
      'failure',
      'answered 500, expected 200 or 300 to 399',
    ],
    [299, [{ first: 200, last: 299 }], 'success', 'answered 299'],
    [401, [{ first: 401, last: 401 }], 'success', 'answered 401'],
  ])('judges %d where %j is expected', async (code, expectedCodes, outcome, message) => {
    expect(await asked(says(code), { expectedCodes })).toMatchObject({ outcome, message });
  });

  it('sends what the target says, with defaults that it may replace', async () => {
    const seen: object[] = [];
    const serve: Serve = (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        seen.push({
          method,
          url,
          host: headers.host,
          agent: headers['user-agent'],
          type: headers['content-type'],
          body,
        });
        response.end();
      });
    };
    const url = await origin(serve);
    const { prober } = outbound();
    await prober.probe(httpTarget(`${url}/a?b=c#d`), 10_000);
    const headers = { 'User-Agent': 'me', Host: 'virtual.test', 'content-type': 'text/plain' };
    await prober.probe(httpTarget(url, { method: 'POST', headers, body: 'ping' }), 10_000);
    expect(seen).toEqual([
      { method: 'GET', url: '/a?b=c', host: url.slice('http://'.length), agent: 'vitals-check', body: '' },
      { method: 'POST', url: '/', host: 'virtual.test', agent: 'me', type: 'text/plain', body: 'ping' },
    ]);
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'] as const)('speaks %s', async (method) => {
    const serve: Serve = (request, response) =>
      says(request.method === method ? 200 : 400)(request, response);
    expect(await asked(serve, { method })).toMatchObject({ outcome: 'success' });
  });

  it('does not follow a redirect, to wherever it leads', async () => {
    const serve: Serve = (_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    };
    expect(await asked(serve)).toMatchObject({
      outcome: 'failure',
      message: 'answered 302 (redirects are not followed), expected 200',
    });
    expect(await asked(serve, { expectedCodes: [{ first: 300, last: 399 }] })).toMatchObject({
      outcome: 'success',
    });
  });

  it('asks for no encoding, and decodes the one that comes before it judges', async () => {
    const serve: Serve = (request, response) => {
      expect(request.headers['accept-encoding']).toBeUndefined();
      const head = { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=utf-16le' };
      response.writeHead(200, head).end(gzipSync(Buffer.from('all is UP', 'utf16le')));
    };
    const contains = (text: string) => ({ expectedBody: { kind: 'contains', text } as const });
    expect(await asked(serve, contains('is UP'))).toMatchObject({ outcome: 'success' });
    expect(await asked(serve, contains('DOWN'))).toMatchObject({ outcome: 'failure' });
  });

  it('waits for the answer that follows informational ones', async () => {
    const serve: Serve = (_request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.end();
    };
    expect(await asked(serve)).toMatchObject({ outcome: 'success' });
  });

  it('fails when nobody listens, saying where', async () => {
    const port = await deadPort();
    expect(await outbound().prober.probe(httpTarget(`http://target.test:${port}/`), 10_000)).toMatchObject({
      outcome: 'failure',
      message: `the connection was refused (127.0.0.1:${port})`,
    });
  });
});

describe('HttpProbe with TLS', () => {
  const good = certificate({ commonName: 'target.test', names: ['target.test'], notAfter: daysFromNow(9) });
  const expired = certificate({
    commonName: 'target.test',
    names: ['target.test'],
    notAfter: daysFromNow(-1),
  });
  const { prober } = outbound({ ca: good.cert + expired.cert });

  const secure = async (leaf: typeof good, host: string, tlsSkipVerify = false) => {
    const server = createTlsServer(leaf, (_request, response) => response.end());
    const { port } = await listen(server);
    return prober.probe(httpTarget(`https://${host}:${port}/`, { tlsSkipVerify }), 10_000);
  };

  const NAMES = 'the certificate is for another name than 127.0.0.1: for target.test';
  it.each([
    ['is trusted', good, 'target.test', false, 'success', 'answered 200'],
    ['has expired', expired, 'target.test', false, 'failure', 'the certificate has expired'],
    ['is for another name', good, '127.0.0.1', false, 'failure', NAMES],
    ['has expired, where that is to be skipped', expired, 'target.test', true, 'success', 'answered 200'],
    ['is for another name, where that is to be skipped', good, '127.0.0.1', true, 'success', 'answered 200'],
  ])('judges a server whose certificate %s', async (_what, leaf, host, skip, outcome, message) => {
    expect(await secure(leaf, host, skip)).toMatchObject({ outcome, message });
  });

  it('keeps a connection, whatever name the host header has', async () => {
    const { port, connections } = await listen(createTlsServer(good, (_request, response) => response.end()));
    const target = httpTarget(`https://target.test:${port}/`, { headers: { host: 'virtual.test' } });
    for (const _ of [1, 2, 3])
      expect(await prober.probe(target, 10_000)).toMatchObject({ outcome: 'success' });
    expect(connections).toHaveLength(1);
  });

  it('never takes an unverified connection for a verified check', async () => {
    const untrusted = certificate({
      commonName: 'target.test',
      names: ['target.test'],
      notAfter: daysFromNow(9),
    });
    const { port, connections } = await listen(
      createTlsServer(untrusted, (_request, response) => response.end()),
    );
    const url = `https://target.test:${port}/`;
    const skipping = httpTarget(url, { tlsSkipVerify: true });
    expect(await prober.probe(skipping, 10_000)).toMatchObject({ outcome: 'success' });
    expect(await prober.probe(httpTarget(url), 10_000)).toMatchObject({ outcome: 'failure' });
    expect(await prober.probe(skipping, 10_000)).toMatchObject({ outcome: 'success' });
    expect(connections).toHaveLength(2);
  });
});
