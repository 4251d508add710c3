import { EventEmitter } from 'node:events';
import { MOST_SUBSCRIPTIONS, Subscriber } from './subscriber.js';

/** A connection whose client reads when it is told to. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly ended: string[] = [];
  pings = 0;
  private readonly waiting: { readonly bytes: number; readonly done: () => void }[] = [];

  send(data: Buffer | string, _options?: object, done: () => void = () => undefined): void {
    this.sent.push(data.toString());
    this.bufferedAmount += data.length;
    this.waiting.push({ bytes: data.length, done });
  }

  ping(): void {
    this.pings++;
  }

  close(code: number): void {
    this.ended.push(`close ${code}`);
  }

  terminate(): void {
    this.ended.push('terminate');
  }

  /** The client has read all that waits. */
  drain(): void {
    for (const { bytes, done } of this.waiting.splice(0)) {
      this.bufferedAmount -= bytes;
      done();
    }
  }

  text(text: string): void {
    this.emit('message', Buffer.from(text), false);
  }
}

let socket: FakeSocket;
let subscriber: Subscriber;
let version: number;
let bytes: number;

beforeEach(() => {
  [version, bytes] = [1, 10];
  socket = new FakeSocket();
  subscriber = new Subscriber(socket as never, {
    messageOf: (group) => Buffer.from(`${group} ${version}`.padEnd(bytes)),
    added: () => undefined,
  });
});

const sent = (): string[] => socket.sent.map((text) => text.trim());

describe('Subscriber', () => {
  it('sends every state to whoever reads in time', () => {
    socket.text('https://h/a');
    for (version = 2; version <= 4; version++) {
      socket.drain();
      subscriber.notify('a');
    }
    expect(sent()).toEqual(['a 1', 'a 2', 'a 3', 'a 4']);
  });

  it('leaves out states in between for whoever reads slowly, and sends the newest of each group in the end', () => {
    bytes = 65 * 1024;
    socket.text('https://h/a');
    socket.text('https://h/b');
    for (version = 2; version <= 500; version++) for (const group of ['a', 'b']) subscriber.notify(group);
    version = 500;
    expect(sent()).toEqual(['a 1']);
    for (let reads = 0; reads < 5; reads++) socket.drain();
    expect(sent().slice(1).toSorted()).toEqual(['a 500', 'b 500']);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('sends nothing on a connection that is closing', () => {
    socket.text('https://h/a');
    socket.readyState = 2;
    subscriber.notify('a');
    socket.drain();
    expect(sent()).toEqual(['a 1']);
  });

  it('refuses more subscriptions than a connection may have, and keeps those that it has', () => {
    for (let count = 0; count <= MOST_SUBSCRIPTIONS; count++) socket.text(`https://h/a${count}`);
    expect(subscriber.groups.size).toBe(MOST_SUBSCRIPTIONS);
    expect(JSON.parse(socket.sent.at(-1) as string)).toMatchObject({ statusCode: 503, code: 'ERR10014' });
    expect(socket.ended).toEqual([]);
  });

  it('asks whether the client is alive, and ends the connection of one that did not answer', () => {
    subscriber.ping();
    socket.emit('pong');
    subscriber.ping();
    expect([socket.pings, socket.ended]).toEqual([2, []]);
    subscriber.ping();
    expect([socket.pings, socket.ended]).toEqual([2, ['terminate']]);
  });
});
