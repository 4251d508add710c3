import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { dropUnread } from './unread-answers.js';

const MAX_UNREAD_MS = 100;
const ANSWER_BYTES = 32 * 1024 * 1024;

let server: Server;
let client: Socket;

async function ask(handle: RequestListener, keepAliveTimeout = 60_000): Promise<Socket> {
  server = createServer({ keepAliveTimeout }, handle);
  dropUnread(server, MAX_UNREAD_MS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  const [accepted] = (await once(server, 'connection')) as [Socket];
  client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  return accepted;
}

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('A connection whose other side does not read', () => {
  it('is ended while an answer is unfinished', async () => {
    const accepted = await ask((_request, response) => response.end(Buffer.alloc(ANSWER_BYTES)));
    await once(accepted, 'close');
    expect(accepted.destroyed).toBe(true);
  });

  it('is ended in the midst of an answer that comes in pieces', async () => {
    const accepted = await ask((_request, response) => {
      const write = (): unknown => response.write(Buffer.alloc(64 * 1024)) && setImmediate(write);
      response.on('drain', write);
      write();
    });
    await once(accepted, 'close');
    expect(accepted.destroyed).toBe(true);
  });

  it('is let be while it reads at all, while its answer is being formed, and while it waits to ask again', async () => {
    let answer = (): void => undefined;
    const accepted = await ask((_request, response) => (answer = () => response.end('ok')));
    await once(server, 'timeout');
    await once(server, 'timeout');
    expect(accepted.destroyed).toBe(false);
    answer();
    await once(client, 'data');
    expect(accepted.destroyed).toBe(false);
  });

  it('is let go when it has not asked again in time', async () => {
    const accepted = await ask((_request, response) => response.end('ok'), 50);
    client.resume();
    await once(accepted, 'close');
    expect(accepted.destroyed).toBe(true);
  });
});
