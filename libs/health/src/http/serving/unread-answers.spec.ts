import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { dropUnread, UnreadAnswers } from './unread-answers.js';

const MAX_UNREAD_MS = 1_000;
const ANSWER_BYTES = 32 * 1024 * 1024;

let server: Server;
let client: Socket;
let answers: UnreadAnswers;

/** A connection that has asked, and reads nothing. */
async function ask(handle: RequestListener): Promise<Socket> {
  server = createServer(handle);
  answers = new UnreadAnswers(server, MAX_UNREAD_MS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  const [accepted] = (await once(server, 'connection')) as [Socket];
  client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  return accepted;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Until the kernel takes no more. */
async function full(accepted: Socket): Promise<void> {
  await until(() => accepted.writableLength > 0);
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const inOneWrite: RequestListener = (_request, response) => response.end(Buffer.alloc(ANSWER_BYTES));
const inPieces: RequestListener = (_request, response) => {
  let left = ANSWER_BYTES;
  const write = (): void => {
    for (; left > 0; left -= 65_536) if (!response.write(Buffer.alloc(65_536))) return;
    response.end();
  };
  response.on('drain', write);
  write();
};

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('A connection whose other side does not read', () => {
  it.each([
    ['in one write', inOneWrite],
    ['in pieces', inPieces],
  ])(
    'is ended in the midst of an answer %s when nothing of it was taken for too long',
    async (_how, handle) => {
      const accepted = await ask(handle);
      await full(accepted);
      answers.sweep(0);
      answers.sweep(MAX_UNREAD_MS - 1);
      expect(accepted.destroyed).toBe(false);
      answers.sweep(MAX_UNREAD_MS);
      expect(accepted.destroyed).toBe(true);
    },
  );

  it.each([
    ['in one write', inOneWrite],
    ['in pieces', inPieces],
  ])('is let be while it reads at all of an answer %s, however slowly', async (_how, handle) => {
    const accepted = await ask(handle);
    let read = 0;
    client.pause().on('data', ({ length }: Buffer) => (read += length));
    await full(accepted);
    for (let nowMs = 0; read < ANSWER_BYTES; nowMs += MAX_UNREAD_MS) {
      answers.sweep(nowMs);
      expect(accepted.destroyed).toBe(false);
      const enough = read + 8 * 1024 * 1024;
      client.resume();
      await until(() => read >= enough || read >= ANSWER_BYTES);
      client.pause();
    }
  });

  it('is let be while its answer is being formed, and while it waits to ask again', async () => {
    let answer: (() => unknown) | undefined;
    const accepted = await ask((_request, response) => (answer = () => response.end('ok')));
    await until(() => answer !== undefined);
    answers.sweep(0);
    answers.sweep(MAX_UNREAD_MS);
    answer?.();
    await once(client, 'data');
    await until(() => accepted.writableLength === 0);
    answers.sweep(2 * MAX_UNREAD_MS);
    answers.sweep(9 * MAX_UNREAD_MS);
    expect(accepted.destroyed).toBe(false);
  });

  it('is ended also where it was taken over by an upgrade behind the answer', async () => {
    const accepted = await ask(inOneWrite);
    server.on('upgrade', (_request, socket) => socket.on('error', () => undefined));
    await full(accepted);
    client.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    await once(server, 'upgrade');
    answers.sweep(0);
    answers.sweep(MAX_UNREAD_MS);
    expect(accepted.destroyed).toBe(true);
  });

  it('is ended by itself on a server that is watched', async () => {
    server = createServer(inOneWrite);
    dropUnread(server, 50);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    client.on('error', () => undefined).write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(accepted, 'close');
    expect(accepted.destroyed).toBe(true);
  });
});
