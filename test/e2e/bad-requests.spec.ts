import { TestControlPlane } from '../support/control-plane.js';
import { RawConnection, rawRequest } from '../support/raw-connection.js';

const BEAT = { timestamp: '2026-01-01T00:00:00Z', phase: 'Ready' };
const BEAT_TEXT = JSON.stringify(BEAT);
const PUT = 'PUT /providers/p1/status';
const PROBLEM = 'application/problem+json; charset=utf-8';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await TestControlPlane.start();
  await plane.register('p1');
});
afterAll(() => plane.stop());

const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const TE = 'transfer-encoding: chunked';

describe('A heartbeat in unusual HTTP', () => {
  it.each([
    ['in chunks', rawRequest(PUT, chunked(BEAT_TEXT), [TE])],
    ['for an address with scheme and host', rawRequest('PUT http://localhost/providers/p1/status', BEAT)],
    ['for a percent-encoded name', rawRequest('PUT /providers/%701/status', BEAT)],
    ['that asks whether to go on', rawRequest(PUT, BEAT, ['expect: 100-continue'])],
    ['with a charset', rawRequest(PUT, BEAT, ['content-type: application/json; charset=utf-8'])],
    ['encoded as itself', rawRequest(PUT, BEAT, ['content-encoding: identity'])],
    ['of HTTP/1.0', rawRequest(PUT, BEAT).replace('HTTP/1.1', 'HTTP/1.0').replace('host: localhost\r\n', '')],
    ['that would like another protocol', rawRequest(PUT, BEAT, ['connection: upgrade', 'upgrade: h2c'])],
  ])('is taken %s', async (_what, bytes) => {
    const { status, text } = await RawConnection.ask(plane.url, bytes);
    expect([status, text]).toEqual([200, expect.stringMatching(/^\{"next_interval_seconds":\d+\}$/)]);
  });

  it('is taken byte by byte', async () => {
    const bytes = rawRequest(PUT, BEAT);
    const connection = await RawConnection.open(plane.url);
    for (const byte of bytes) {
      connection.send(byte);
      if (byte === '\n') await new Promise((resume) => setImmediate(resume));
    }
    expect((await connection.answers(1))[0]?.status).toBe(200);
    connection.destroy();
  });

  it('is answered in turn among others that were sent behind each other', async () => {
    const connection = await RawConnection.open(plane.url);
    connection.send(
      rawRequest(PUT, { ...BEAT, phase: 'NotReady' }) +
        rawRequest('PUT /providers/nobody/status', BEAT) +
        rawRequest('POST /heartbeats', { items: [] }) +
        'GET /providers/p1/status HTTP/1.1\r\nhost: localhost\r\n\r\n' +
        rawRequest(PUT, BEAT),
    );
    const answers = await connection.answers(5);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 200, 200]);
    expect(JSON.parse(answers[3]?.text ?? '')).toMatchObject({ name: 'p1' });
    connection.destroy();
  });

  it('harms nothing whose caller hangs up before its answer', async () => {
    await plane.register('p2');
    for (let caller = 0; caller < 50; caller++) {
      const connection = await RawConnection.open(plane.url);
      const phase = caller % 2 ? 'Ready' : 'NotReady';
      connection.send(rawRequest('PUT /providers/p2/status', { ...BEAT, phase }));
      connection.send(
        rawRequest('POST /heartbeats', { items: [{ name: 'p1', ...BEAT, phase: 'Draining' }] }),
      );
      connection.destroy();
    }
    expect((await plane.beat('p2')).status).toBe(200);
    expect((await plane.send('GET', '/providers/p2')).body).toMatchObject({ availability: 'Available' });
  });
});

describe('A request that is refused', () => {
  const closed = 'close';
  const open = 'keep-alive';

  it.each<[string, string | Buffer, number, string]>([
    ['without a host', 'GET /providers HTTP/1.1\r\n\r\n', 400, open],
    ['with another expectation', rawRequest(PUT, BEAT, ['expect: a-banana']), 417, open],
    ['with a length and chunks', rawRequest(PUT, '0\r\n\r\n', ['content-length: 5', TE]), 400, closed],
    ['with two lengths', rawRequest(PUT, 'abcdef', ['content-length: 5', 'content-length: 6']), 400, closed],
    ['in a coding nobody knows', rawRequest(PUT, '', ['transfer-encoding: xchunked']), 400, closed],
    ['with a folded header', rawRequest(PUT, BEAT, ['a: b\r\n c']), 400, closed],
    ['with bare line feeds', 'GET /providers HTTP/1.1\nhost: a\n\n', 400, closed],
    ['of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, closed],
    ['that is TLS', Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]), 400, closed],
    ['to be a proxy', 'CONNECT a:1 HTTP/1.1\r\nhost: localhost\r\n\r\n', 400, closed],
    ['with headers of 20 KB', rawRequest(PUT, BEAT, [`x: ${'a'.repeat(20_000)}`]), 431, closed],
    ['with a method of the future', 'BREW /providers HTTP/1.1\r\nhost: localhost\r\n\r\n', 400, closed],
    ['with a method of elsewhere', 'PROPFIND /providers HTTP/1.1\r\nhost: localhost\r\n\r\n', 405, open],
    ['for all there is', 'OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n', 404, open],
    ['compressed, for Node', rawRequest(PUT, BEAT, ['content-encoding: gzip']), 415, open],
    ['compressed, for Nest', rawRequest('POST /providers', '{}', ['content-encoding: br']), 415, open],
    ['as text, for Node', rawRequest(PUT, BEAT, ['content-type: text/plain']), 415, open],
    ['as something like JSON', rawRequest(PUT, BEAT, ['content-type: application/jsonp']), 415, open],
    ['as a form, for Nest', rawRequest('POST /providers', 'a=b', ['content-type: text/plain']), 415, open],
    ['with a slash in its name', rawRequest('PUT /providers/p1%2F/status', BEAT), 422, open],
    ['with half an escape, for Node', rawRequest('PUT /providers/%zz/status', BEAT), 422, open],
    ['with half an escape, for Nest', rawRequest('PUT /providers/%zz/cordon', ''), 400, open],
    [
      'for a name of 5 KB, for Node',
      rawRequest(`PUT /providers/${'a'.repeat(5_000)}/status`, BEAT),
      422,
      open,
    ],
    ['for a name of 5 KB, for Nest', rawRequest(`PUT /providers/${'a'.repeat(5_000)}`, '{}'), 414, open],
    ['with 17 KB in chunks', rawRequest(PUT, chunked('a'.repeat(17_000)), [TE]), 413, open],
    ['with 2 MB for a batch', rawRequest('POST /heartbeats', 'a'.repeat(2_000_000)), 413, open],
    ['with 70 KB for Nest', rawRequest('POST /providers', 'a'.repeat(70_000)), 413, open],
    [
      'with 70 KB in chunks for Nest',
      rawRequest('POST /providers', chunked('a'.repeat(70_000)), [TE]),
      413,
      open,
    ],
    ['with no JSON for Nest', rawRequest('POST /providers', '{'), 400, open],
  ])('%s is a problem, and its connection goes on or ends as it says', async (_what, bytes, status, then) => {
    const connection = await RawConnection.open(plane.url);
    connection.send(bytes);
    const [answer] = await connection.answers(1);
    expect([answer?.status, answer?.headers['content-type']]).toEqual([status, PROBLEM]);
    expect(answer?.headers['connection']).toBe(then);
    expect(JSON.parse(answer?.text ?? '')).toMatchObject({
      type: expect.stringMatching(/^urn:vitals:problem:/),
      status,
      detail: expect.any(String),
    });
    if (then === closed) await connection.end();
    else {
      connection.send(rawRequest(PUT, BEAT));
      expect((await connection.answers(2))[1]?.status).toBe(200);
    }
    connection.destroy();
  });

  it('because its body ends early is a 400, and what comes behind one is no part of it', async () => {
    const short = await RawConnection.open(plane.url);
    short.send(rawRequest(PUT, BEAT, ['content-length: 500']));
    short.socket.end();
    expect((await short.answers(1))[0]?.status).toBe(400);
    const long = await RawConnection.open(plane.url);
    long.send(`${rawRequest(PUT, BEAT)}"}garbage`);
    await long.end();
    expect((await long.answers(2)).map(({ status }) => status)).toEqual([200, 400]);
  });

  it('sees why, even if it sends megabytes that nobody wants', async () => {
    for (const [method, path] of [
      ['POST', '/heartbeats'],
      ['POST', '/providers'],
      ['PUT', '/providers/p1/status'],
    ] as const) {
      const { status, type } = await plane.send(method, path, 'a'.repeat(8_000_000));
      expect([status, type]).toEqual([413, PROBLEM]);
    }
  });
});
