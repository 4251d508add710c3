import { FakeSocket } from '../../../test/fake-socket.js';
import { FRAGMENT_BYTES, MAX_UNSENT_BYTES } from './outbox.js';
import { MAX_GROUPS, Subscriber } from './subscriber.js';

let socket: FakeSocket;
let subscriber: Subscriber;
let version: number;
let bytes: number;
let takenOut: number;
let dropped: number;

beforeEach(() => {
  [version, bytes, takenOut, dropped] = [1, 10, 0, 0];
  socket = new FakeSocket();
  const messages = {
    borrow: (group: string, drop: () => void) => {
      takenOut++;
      return { text: Buffer.from(`${group} ${version}`.padEnd(bytes)), drop };
    },
    giveBack: () => void takenOut--,
  };
  subscriber = new Subscriber(
    socket as never,
    { kind: 'anonymous' },
    {
      messages,
      added: () => undefined,
      dropped: () => dropped++,
    },
  );
});

const sent = (): string[] => socket.sent.map((text) => text.trim());
/** Sends more than the client takes. */
function fill(): void {
  bytes = MAX_UNSENT_BYTES + 1;
  socket.receive('https://h/a');
}

describe('Subscriber', () => {
  it('sends every state to whoever reads in time', () => {
    socket.receive('https://h/a');
    for (version = 2; version <= 4; version++) {
      socket.drain();
      subscriber.notify('a');
    }
    expect(sent()).toEqual(['a 1', 'a 2', 'a 3', 'a 4']);
  });

  it('leaves out states in between for whoever reads slowly, and sends the newest of each group in the end', () => {
    bytes = 3 * FRAGMENT_BYTES;
    socket.receive('https://h/a');
    socket.receive('https://h/b');
    for (version = 2; version <= 500; version++) for (const group of ['a', 'b']) subscriber.notify(group);
    version = 500;
    expect([sent(), socket.bufferedAmount]).toEqual([[], 2 * FRAGMENT_BYTES]);
    for (let reads = 0; reads < 20; reads++) socket.drain(1);
    expect(sent()).toEqual(['a 1', 'b 500', 'a 500']);
    expect([socket.bufferedAmount, takenOut]).toEqual([0, 0]);
  });

  it('sends nothing on a connection that is closing', () => {
    socket.receive('https://h/a');
    socket.readyState = 2;
    subscriber.notify('a');
    socket.drain();
    expect(sent()).toEqual(['a 1']);
  });

  it('refuses more subscriptions than a connection may have, keeps those that it has, and then ends it', () => {
    for (let count = 0; count <= MAX_GROUPS; count++) socket.receive(`https://h/a${count}`);
    expect(subscriber.groups.size).toBe(MAX_GROUPS);
    expect(JSON.parse(socket.sent.at(-1) as string)).toMatchObject({ statusCode: 503, code: 'ERR10014' });
    expect(socket.ended).toEqual([]);
    for (let count = 0; count < 10_000; count++) socket.receive(`https://h/b${count}`);
    expect([socket.ended, subscriber.groups.size]).toEqual([['close 1008'], MAX_GROUPS]);
  });

  it('asks whether the client is alive, and ends the connection of one that did not answer', () => {
    subscriber.ping();
    socket.emit('pong');
    subscriber.ping();
    expect([socket.pings, socket.ended]).toEqual([2, []]);
    subscriber.ping();
    expect([socket.pings, socket.ended, dropped]).toEqual([2, ['terminate'], 1]);
  });
});

describe('A client that does not read', () => {
  it('is not read from until it does, and costs a window and one answer, whatever it sends', () => {
    fill();
    expect(socket.isPaused).toBe(true);
    for (let count = 0; count < 1_000; count++) {
      socket.emit('ping', Buffer.from(`${count}`));
      socket.receive('https://h/a');
    }
    expect([socket.pongs, socket.bufferedAmount]).toEqual([[], MAX_UNSENT_BYTES + 1]);
    bytes = 10;
    socket.drain();
    expect([socket.isPaused, socket.pongs, sent().length]).toEqual([false, ['999'], 2]);
  });

  it('is answered its ping between two fragments of a long state', () => {
    bytes = 4 * FRAGMENT_BYTES;
    socket.receive('https://h/a');
    socket.emit('ping', Buffer.from('here'));
    socket.drain(1);
    expect([socket.pongs, socket.sent]).toEqual([['here'], []]);
  });

  it('is dropped when nothing was read between two looks, and what it was being sent is let go', () => {
    fill();
    subscriber.ping();
    expect([socket.ended, takenOut]).toEqual([[], 1]);
    subscriber.ping();
    expect([socket.ended, socket.pings, dropped]).toEqual([['terminate'], 0, 1]);
    socket.drain();
    expect(takenOut).toBe(0);
  });

  it('stays if it reads slowly, for the answer to a ping cannot arrive while it is not read from', () => {
    subscriber.ping();
    bytes = 100 * FRAGMENT_BYTES;
    socket.receive('https://h/a');
    for (let looks = 0; looks < 10; looks++) {
      socket.drain(1);
      subscriber.ping();
    }
    for (let reads = 0; reads < 100; reads++) socket.drain();
    for (let looks = 0; looks < 2; looks++) subscriber.ping();
    expect(socket.ended).toEqual([]);
    subscriber.ping();
    expect(socket.ended).toEqual(['terminate']);
  });

  it('can say goodbye once it is told to: it is read from again, and told nothing more', () => {
    fill();
    subscriber.close(1008, 'enough');
    expect([socket.isPaused, socket.ended]).toEqual([false, ['close 1008']]);
    socket.receive('https://h/b');
    socket.drain();
    expect([subscriber.groups.size, socket.sent.length]).toEqual([1, 1]);
  });
});
