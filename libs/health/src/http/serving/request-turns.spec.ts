import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { RequestTurns } from './request-turns.js';

const CHUNK_BYTES = 64 * 1024;
const ANSWER_BYTES = 16 * 1024 * 1024;

let server: Server;
let accepted: Socket[];
let clients: Socket[];

async function listen(turns: RequestTurns, handle: RequestListener): Promise<void> {
  accepted = [];
  clients = [];
  server = createServer((request, response) => turns.take(request, response, handle));
  server.on('connection', (socket) => accepted.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** A connection that reads nothing until it is told to. */
async function open(): Promise<Socket> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  clients.push(client.on('error', () => undefined));
  await once(client, 'connect');
  return client;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** What a client has read until `isEnough`. */
async function read(client: Socket, isEnough: (said: string) => boolean): Promise<string> {
  let said = '';
  client.on('data', (data: Buffer) => (said += data.toString('latin1')));
  await until(() => isEnough(said));
  return said;
}

const requests = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, at) => `GET /${from + at} HTTP/1.1\r\nhost: a\r\n\r\n`).join('');

afterEach(async () => {
  for (const client of clients) client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('RequestTurns', () => {
  it('begins with no request before the answer to the one before it has left, and then with each in its order', async () => {
    const turns = new RequestTurns();
    const begun: string[] = [];
    await listen(turns, ({ url = '' }, response) => {
      begun.push(url);
      response.end(Buffer.alloc(begun.length === 1 ? ANSWER_BYTES : 10));
    });
    const client = await open();
    client.write(requests(50));
    await until(() => turns.size === 49);
    expect(begun).toEqual(['/0']);
    await read(client, () => begun.length === 50 && turns.size === 0);
    expect(begun).toEqual(Array.from({ length: 50 }, (_, at) => `/${at}`));
  });

  it('keeps the bodies of those that wait, what comes later of them too', async () => {
    const turns = new RequestTurns();
    let answerFirst = (): void => undefined;
    await listen(turns, (request, response) => {
      let body = '';
      request.on('data', (data: Buffer) => (body += data.toString()));
      request.on('end', () => {
        if (body === 'first') answerFirst = () => response.end('[first]');
        else response.end(`[${body}]`);
      });
    });
    const client = await open();
    const post = (body: string): string => `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n${body}`;
    client.write(`${post('first')}${post('other')}${post('the')}`);
    await until(() => turns.size === 2);
    client.write('re');
    answerFirst();
    const said = await read(client, (text) => text.includes('[there]'));
    expect(said.match(/\[\w+\]/g)).toEqual(['[first]', '[other]', '[there]']);
  });

  it('reads no more of a connection whose answers are not read than came in one piece', async () => {
    const turns = new RequestTurns();
    await listen(turns, (request, response) => {
      request.resume();
      response.end(Buffer.alloc(ANSWER_BYTES));
    });
    const client = await open();
    client.write(requests(100_000));
    await until(() => turns.size > 0);
    const [socket] = accepted as [Socket];
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.bytesRead).toBeLessThanOrEqual(2 * CHUNK_BYTES);
  });

  it('goes on reading where each answer is read, however many are asked for', async () => {
    const turns = new RequestTurns();
    let answered = 0;
    await listen(turns, (_request, response) => {
      answered++;
      response.end('ok');
    });
    const client = await open();
    client.resume();
    client.write(requests(20_000));
    await until(() => answered === 20_000);
    expect(turns.size).toBe(0);
  });

  it('ends the connection on which most wait when there are too many, and no other', async () => {
    const turns = new RequestTurns(100);
    await listen(turns, (_request, response) => response.end(Buffer.alloc(ANSWER_BYTES)));
    const few = await open();
    few.write(requests(10));
    await until(() => turns.size === 9);
    const many = await open();
    many.resume().write(requests(500));
    await once(many, 'close');
    await until(() => turns.size <= 100);
    expect([turns.size, few.destroyed]).toEqual([9, false]);
  });

  it('forgets what waits on a connection that goes away', async () => {
    const turns = new RequestTurns();
    await listen(turns, (_request, response) => response.end(Buffer.alloc(ANSWER_BYTES)));
    const client = await open();
    client.write(requests(10));
    await until(() => turns.size === 9);
    client.destroy();
    await until(() => turns.size === 0);
  });
});
