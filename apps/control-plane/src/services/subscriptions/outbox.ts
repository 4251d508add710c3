import type { WebSocket } from 'ws';
import type { GroupMessage, GroupMessages } from './group.messages.js';

/** While more than this was not taken by the client's side of the connection, in bytes, nothing is sent or read. */
export const MAX_UNSENT_BYTES = 64 * 1024;
/** A message is sent in fragments of this length (RFC 6455 section 5.4), in bytes: they show that it is being read. */
export const FRAGMENT_BYTES = 64 * 1024;

interface Sending {
  readonly message: GroupMessage;
  sentBytes: number;
}

/** Where the states of groups come from, and go back to. */
export type Messages = Pick<GroupMessages, 'borrow' | 'giveBack'>;

/**
 * What waits to be sent on one connection. The newest state of each group is always sent in the end, states in between
 * are left out; of pings that come faster than their answers are read, the last is answered (RFC 6455 section 5.5.3).
 * A client that does not read is not read from either, so that it costs a window and a few answers, whatever it sends.
 */
export class Outbox {
  /** Groups whose newest state was not begun to be sent. */
  private readonly behind = new Set<string>();
  private readonly replies: string[] = [];
  private pong: Buffer | undefined;
  /** What is being sent, and how much of it was. */
  private current: Sending | undefined;
  /** Since the last look: something was taken by the other side; nothing could be sent for a while. */
  private progressed = false;
  private wasFull = false;
  /** At the last look. */
  private wasFullThen = false;
  private ended = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly messages: Messages,
    /** Ends the connection, for others have to be told as well. */
    private readonly drop: () => void,
  ) {}

  /** The newest state of a group is to be sent. */
  put(group: string): void {
    this.behind.add(group);
    this.send();
  }

  /** A text is to be sent once. The caller bounds how many. */
  reply(text: string): void {
    this.replies.push(text);
    this.send();
  }

  /** A ping is to be answered, instead of those before it that were not. */
  answerPing(data: Buffer): void {
    this.pong = Buffer.from(data);
    this.send();
  }

  /**
   * What became of the client since the last look. `stuck`: nothing could be sent then, nor now, and nothing was in
   * between. `held`: it was not read from for a while, for it read slowly.
   */
  inspect(): 'free' | 'held' | 'stuck' {
    const { isFull, wasFull, wasFullThen, progressed } = this;
    this.wasFullThen = this.wasFull = isFull;
    this.progressed = false;
    if (isFull && wasFullThen && !progressed) return 'stuck';
    return isFull || wasFull ? 'held' : 'free';
  }

  /** Sends nothing more, and reads again, so that the other side can say goodbye. */
  end(): void {
    this.ended = true;
    this.behind.clear();
    this.replies.length = 0;
    this.pong = undefined;
    if (this.current) this.messages.giveBack(this.current.message);
    this.current = undefined;
    this.socket.resume();
  }

  private get isFull(): boolean {
    return this.socket.bufferedAmount > MAX_UNSENT_BYTES;
  }

  private readonly sent = (): void => {
    this.progressed = true;
    this.send();
  };

  private send(): void {
    while (!this.ended && this.socket.readyState === this.socket.OPEN && !this.isFull && this.sendNext());
    if (this.ended) return;
    if (this.isFull) {
      this.wasFull = true;
      if (!this.socket.isPaused) this.socket.pause();
    } else if (this.socket.isPaused) this.socket.resume();
  }

  /** Sends a part of what waits; false if nothing does. Only answers to pings may come between two fragments. */
  private sendNext(): boolean {
    const { pong, current, replies } = this;
    const [group] = this.behind;
    if (pong) {
      this.pong = undefined;
      this.socket.pong(pong, false, this.sent);
    } else if (current) this.sendFragment(current);
    else if (replies.length > 0) this.socket.send(replies.shift() as string, this.sent);
    else if (group !== undefined) {
      this.behind.delete(group);
      this.current = { message: this.messages.borrow(group, this.drop), sentBytes: 0 };
    } else return false;
    return true;
  }

  private sendFragment(current: Sending): void {
    const { message, sentBytes } = current;
    const endBytes = Math.min(sentBytes + FRAGMENT_BYTES, message.text.length);
    const fin = endBytes === message.text.length;
    current.sentBytes = endBytes;
    if (fin) this.current = undefined;
    this.socket.send(message.text.subarray(sentBytes, endBytes), { binary: false, fin }, () => {
      if (fin) this.messages.giveBack(message);
      this.sent();
    });
  }
}
