import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RawConnection, rawRequest } from '../support/raw-connection.js';
import { answerUnparsable, endConnections } from '../../apps/control-plane/src/http/node/connections.js';
import { RequestFront } from '../../apps/control-plane/src/http/node/front.js';

const opened: Server[] = [];

afterEach(() => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that waits for a request for so long. */
async function serve(handle: RequestListener, waitMs = 200): Promise<{ server: Server; url: string }> {
  const short = { requestTimeout: waitMs, headersTimeout: waitMs, connectionsCheckingInterval: 20 };
  const server = new RequestFront().createServer(handle, short);
  server.on('clientError', answerUnparsable);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const answerBody: RequestListener = (request, response) => {
  request.on('data', () => undefined).on('end', () => response.setHeader('content-length', 2).end('ok'));
};

describe('A request that does not arrive whole in time', () => {
  it('is a 408, whatever part of it is missing, and its connection goes even if the caller holds it', async () => {
    const { server, url } = await serve(answerBody);
    const parts = [
      'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-',
      rawRequest('POST /', '{"a', ['content-length: 100']),
      rawRequest('POST /', '5\r\nab', ['transfer-encoding: chunked']),
    ];
    const held = await Promise.all(parts.map(() => RawConnection.open(url)));
    held.forEach((connection, at) => connection.send(parts[at] as string));
    for (const connection of held) {
      const [answer] = await connection.answers(1);
      expect(answer).toMatchObject({
        status: 408,
        headers: { 'content-type': 'application/problem+json; charset=utf-8', connection: 'close' },
      });
      expect(JSON.parse(answer?.text ?? '')).toMatchObject({ code: 'request-timeout' });
    }
    while ((await connectionsOf(server)) > 0) await new Promise((resume) => setTimeout(resume, 20));
    for (const connection of held) connection.destroy();
  });

  it('costs a thousand callers their connection, and everybody else nothing', async () => {
    const { server, url } = await serve(answerBody, 1_500);
    const slow = await Promise.all(Array.from({ length: 1_000 }, () => RawConnection.open(url)));
    for (const connection of slow) connection.send('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-');
    expect(await RawConnection.ask(url, rawRequest('POST /', 'x'))).toMatchObject({ status: 200 });
    const answers = await Promise.all(slow.map((connection) => connection.answers(1)));
    expect(new Set(answers.map(([answer]) => answer?.status))).toEqual(new Set([408]));
    while ((await connectionsOf(server)) > 0) await new Promise((resume) => setTimeout(resume, 20));
    for (const connection of slow) connection.destroy();
  });
});

describe('Bytes that are no request', () => {
  it('are answered after the requests before them', async () => {
    let answer = (): void => undefined;
    const { server, url } = await serve((request, response) => {
      request.resume();
      answer = () => response.setHeader('content-length', 2).end('ok');
    });
    const rubbish = once(server, 'clientError');
    const connection = await RawConnection.open(url);
    connection.send(rawRequest('POST /', 'x'));
    connection.send('NOT HTTP\r\n\r\n');
    await rubbish;
    answer();
    await connection.end();
    expect((await connection.answers(2)).map(({ status }) => status)).toEqual([200, 400]);
    connection.destroy();
  });
});

describe('A server that is closing', () => {
  it('ends with connections that go on asking: each gets its answer, and is closed', async () => {
    const { server, url } = await serve(answerBody);
    let answered = 0;
    const busy = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(url)));
    const asking = busy.map(async (connection) => {
      for (let sent = 1; !connection.ended && !connection.closed; sent++) {
        connection.send(rawRequest('POST /', 'x'));
        answered = Math.max(answered, (await connection.answers(sent)).length);
      }
    });
    while (answered < 3) await new Promise((resume) => setTimeout(resume, 5));
    endConnections(server, []);
    server.close();
    await once(server, 'close');
    for (const connection of busy) connection.destroy();
    await Promise.all(asking);
  });
});

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}
