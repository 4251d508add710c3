import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { certificate, daysFromNow } from '../../../test/certificate.js';
import { deadPort, letGo, listen, make, silentServer } from '../../../test/ready-made-check.js';
import { httpCheck } from './http-check.js';

async function serving(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

function withResolvers() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

const answering = (statusCode: number, body = '', headers = {}) =>
  serving((_request, response) => void response.writeHead(statusCode, headers).end(body));

describe('httpCheck', () => {
  it.each([
    ['any 2xx', 204, {}, 'UP'],
    ['no 3xx, which is not followed', 302, {}, 'DOWN'],
    ['no 4xx', 404, {}, 'DOWN'],
    ['no 5xx', 503, {}, 'DOWN'],
    ['the status that is expected', 401, { expectStatus: 401 }, 'UP'],
    ['one of those that are expected', 302, { expectStatus: [200, 302] }, 'UP'],
    ['no 2xx that is not expected', 204, { expectStatus: 200 }, 'DOWN'],
  ])('takes for well %s', async (_what, statusCode, settings, state) => {
    const origin = await answering(statusCode, '', { location: '/login' });
    expect(await make(httpCheck({ url: `${origin}/health`, ...settings })).run()).toMatchObject({
      state,
      reason: state === 'UP' ? undefined : expect.stringContaining(`answered ${statusCode}, not `),
      attributes: { url: `${origin}/health`, statusCode },
    });
  });

  it.each([
    ['is there', 'all is well here', 'UP'],
    ['is cut in two', ['all is w', 'ell'], 'UP'],
    ['is missing', 'sorry', 'DOWN'],
    ['comes after 64 KiB', `${' '.repeat(65_536)}well`, 'DOWN'],
    ['ends with 64 KiB', `${' '.repeat(65_532)}well`, 'UP'],
    ['ends at 64 KiB of more', `${' '.repeat(65_532)}well and more`, 'UP'],
    ['is expected of an empty answer', '', 'DOWN'],
  ])('looks for the expected text: it %s', async (_what, body, state) => {
    const origin = await serving((_request, response) => {
      for (const part of [body].flat()) response.write(part);
      response.end();
    });
    expect(await make(httpCheck({ url: origin, expectText: 'well' })).run()).toMatchObject({ state });
  });

  it('sends the method and the headers that it was told', async () => {
    const requests: IncomingMessage[] = [];
    const url = await serving((request, response) => {
      requests.push(request);
      response.end();
    });
    await make(httpCheck({ url, method: 'HEAD', headers: { authorization: 'Bearer t0ken' } })).run();
    expect(requests).toMatchObject([{ method: 'HEAD', headers: { authorization: 'Bearer t0ken' } }]);
  });

  it('tells no query, which may carry a key', async () => {
    const origin = await answering(200);
    const status = await make(httpCheck({ url: `${origin}/a?key=1` })).run();
    expect(status.attributes).toEqual({ url: `${origin}/a`, statusCode: 200 });
  });

  it('is DOWN with the cause when nobody listens', async () => {
    const port = await deadPort();
    expect(await make(httpCheck({ url: `http://127.0.0.1:${port}` })).run()).toMatchObject({
      state: 'DOWN',
      reason: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  it('closes its connection when the signal fires before an answer', async () => {
    const { port, connected } = await silentServer();
    const abort = new AbortController();
    const running = make(httpCheck({ url: `http://127.0.0.1:${port}` })).run(abort.signal);
    const connection = await connected();
    abort.abort(new Error('timed out'));
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    await letGo(connection);
  });

  it('closes its connection when the signal fires in an endless answer', async () => {
    const abort = new AbortController();
    const { promise: closed, resolve: close } = withResolvers();
    const url = await serving((request, response) => {
      request.socket.on('close', close);
      response.write('begin', () => setImmediate(() => abort.abort(new Error('timed out'))));
    });
    const running = make(httpCheck({ url, expectText: 'end' })).run(abort.signal);
    expect(await running).toMatchObject({ state: 'DOWN', reason: 'timed out' });
    await closed;
  });

  it('does not wait for the end of an endless answer that nobody reads', async () => {
    const { promise: closed, resolve: close } = withResolvers();
    const url = await serving((request, response) => {
      request.socket.on('close', close);
      response.write('begin');
    });
    expect(await make(httpCheck({ url })).run()).toMatchObject({ state: 'UP' });
    await closed;
  });

  it('searches as much of an answer as it was told, and says when that is not all', async () => {
    const url = await answering(200, `${' '.repeat(100_000)}well`);
    const { reason } = await make(httpCheck({ url, expectText: 'well' })).run();
    expect(reason).toBe(
      'the body is longer than the 65536 bytes that are read, and they lack the expected text',
    );
    expect(await make(httpCheck({ url, expectText: 'well', maxBody: '100KiB' })).run()).toMatchObject({
      state: 'UP',
    });
  });

  it('searches the content, whatever it is encoded as', async () => {
    const text = 'größer';
    const gzipped = await serving((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=latin1' });
      response.end(gzipSync(Buffer.from(text, 'latin1')));
    });
    expect(await make(httpCheck({ url: gzipped, expectText: text })).run()).toMatchObject({ state: 'UP' });
    const packed = await answering(200, text, { 'content-encoding': 'compress' });
    expect(await make(httpCheck({ url: packed, expectText: text })).run()).toMatchObject({
      state: 'DOWN',
      reason: 'the body is encoded as compress, which cannot be decoded',
    });
  });

  it('does not wait for the body of an answer whose status is not expected', async () => {
    const url = await serving((_request, response) => void response.writeHead(503).write('begin'));
    expect(await make(httpCheck({ url, expectText: 'end' })).run()).toMatchObject({
      state: 'DOWN',
      reason: 'answered 503, not 2xx',
    });
  });

  it('asks over TLS, and trusts only whom it was told to', async () => {
    const { cert, key } = certificate({ commonName: 'localhost', notAfter: daysFromNow(10) });
    const server = createTlsServer({ cert, key }, (_request, response) => void response.end());
    const url = `https://localhost:${await listen(server)}`;
    expect(await make(httpCheck({ url, ca: cert })).run()).toMatchObject({ state: 'UP' });
    expect(await make(httpCheck({ url })).run()).toMatchObject({
      state: 'DOWN',
      reason: expect.stringContaining('it is self-signed') as string,
    });
  });
});

describe('settings of httpCheck', () => {
  it.each([
    ['a missing url', {}, 'httpCheck: url is missing; give an http or https URL'],
    ['what is no URL', { url: 'billing' }, 'url is "billing"; give an http or https URL'],
    ['another protocol', { url: 'ftp://a' }, 'for other protocols there is tcpCheck'],
    [
      'credentials in the URL',
      { url: 'http://me:pw@a' },
      'url is "http://***@a"; give it without credentials',
    ],
    ['an unknown method', { url: 'http://a', method: 'FETCH' }, 'method is "FETCH"; give one of GET, HEAD'],
    [
      'a header that HTTP forbids',
      { url: 'http://a', headers: { 'a b': '' } },
      'headers is "a b"; give names and values',
    ],
    ['an impossible status', { url: 'http://a', expectStatus: 99 }, 'expectStatus is 99;'],
    ['no status at all', { url: 'http://a', expectStatus: [] }, 'expectStatus is []; give at least one'],
    ['a text in a HEAD', { url: 'http://a', method: 'HEAD', expectText: 'a' }, 'HEAD has no text'],
    ['too much of a body', { url: 'http://a', maxBody: '2MiB' }, 'maxBody is "2MiB"; give bytes as a number'],
    ['no amount of a body', { url: 'http://a', maxBody: 'all' }, 'maxBody is "all"; give bytes as a number'],
    ['an empty text', { url: 'http://a', expectText: '' }, 'expectText is "";'],
  ])('refuse %s by name', (_what, settings, message) => {
    expect(() => httpCheck(settings as never)).toThrow(
      expect.objectContaining({
        code: 'declaration-invalid',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
