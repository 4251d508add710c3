import type { WebSocket } from 'ws';
import { VitalsError } from '@vitals/core/errors';
import { lightErrorOf } from '../../http/light.error.js';
import { readSubscription } from './subscription.js';

/** The most groups that one connection may subscribe to. */
export const MOST_SUBSCRIPTIONS = 1_000;
/** While more than this waits to be sent, in bytes, no newer state is added to it. */
const MOST_BUFFERED = 64 * 1024;
/** Texts that are no subscription before the connection ends. */
const MOST_FAULTS = 20;

/** What a subscriber needs of whoever holds all of them. */
export interface Subscriptions {
  /** What is told of a group now. */
  messageOf(group: string): Buffer;
  /** This subscriber wants to be told of a group from now on. */
  added(group: string, subscriber: Subscriber): void;
}

/**
 * One connection, and the groups that it is told of. The newest state of each is always sent in the end; a client
 * that reads too slowly for all of them misses states in between, and costs no more than one message and a little.
 */
export class Subscriber {
  readonly groups = new Set<string>();
  /** Groups whose newest state was not sent yet. */
  private readonly behind = new Set<string>();
  private faults = 0;
  /** It answered the last ping. */
  private alive = true;

  constructor(
    private readonly socket: WebSocket,
    private readonly subscriptions: Subscriptions,
  ) {
    socket.on('message', (data: Buffer, isBinary: boolean) => this.receive(data, isBinary));
    socket.on('pong', () => (this.alive = true));
    // whatever went wrong, the connection closes
    socket.on('error', () => undefined);
  }

  /** A group has changed. */
  notify(group: string): void {
    this.behind.add(group);
    this.send();
  }

  /** Ends a connection that did not answer the last ping, and asks the others again. */
  ping(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) return this.close(1003, 'send subscriptions as text');
    try {
      this.subscribe(readSubscription(data.toString()));
    } catch (error) {
      this.refuse(error);
    }
  }

  private subscribe(group: string): void {
    if (!this.groups.has(group)) {
      if (this.groups.size >= MOST_SUBSCRIPTIONS) {
        throw new VitalsError(
          'overloaded',
          `a connection may have ${MOST_SUBSCRIPTIONS} subscriptions at most; open another for more`,
        );
      }
      this.groups.add(group);
      this.subscriptions.added(group, this);
    }
    this.notify(group);
  }

  /** Says why, and ends the connection of whoever does not listen. */
  private refuse(error: unknown): void {
    this.socket.send(JSON.stringify(lightErrorOf(error)));
    if (++this.faults >= MOST_FAULTS) this.close(1008, 'too many texts that are no subscription');
  }

  private send(): void {
    for (const group of this.behind) {
      if (this.socket.readyState !== this.socket.OPEN || this.socket.bufferedAmount > MOST_BUFFERED) return;
      this.behind.delete(group);
      this.socket.send(this.subscriptions.messageOf(group), { binary: false }, () => this.send());
    }
  }
}
