import type { WebSocket } from 'ws';
import { groupOf, SERVICE_ID } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import { lightErrorOf } from '../../http/light.error.js';
import type { Identity } from '../../security/caller.js';
import { type Messages, Outbox } from './outbox.js';

/** The most groups that one connection may subscribe to. */
export const MAX_GROUPS = 1_000;
/** Texts that are no subscription before the connection ends. */
const MAX_FAULTS = 20;

/** `<protocol>://<host>:<port>/<serviceId>?<parameters>`; of the first three, nothing is used. */
const SUBSCRIPTION = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*\/([^/?#\s]*)(?:\?([^#\s]*))?$/i;

/** What a subscriber needs of whoever holds all of them. */
export interface Subscriptions {
  readonly messages: Messages;
  /** This subscriber wants to be told of a group from now on. @throws VitalsError `overloaded` */
  added(group: string, subscriber: Subscriber): void;
  /** A client was cut off: it answers nothing, or reads too slowly. */
  dropped(): void;
}

/** One connection, whom it was let in for, and the groups that it is told of. */
export class Subscriber {
  readonly groups = new Set<string>();
  private readonly outbox: Outbox;
  private faults = 0;
  /** It answered the last ping. */
  private alive = true;
  private ended = false;

  constructor(
    private readonly socket: WebSocket,
    readonly identity: Identity,
    private readonly subscriptions: Subscriptions,
  ) {
    this.outbox = new Outbox(socket, subscriptions.messages, () => this.drop());
    socket.on('message', (data: Buffer, isBinary: boolean) => this.receive(data, isBinary));
    socket.on('ping', (data: Buffer) => this.outbox.answerPing(data));
    socket.on('pong', () => (this.alive = true));
    socket.on('close', () => this.outbox.end());
    // whatever went wrong, the connection closes
    socket.on('error', () => undefined);
  }

  notify(group: string): void {
    this.outbox.put(group);
  }

  /**
   * Ends a connection that did not answer the last ping, or of which nothing was read since; asks the others again.
   */
  ping(): void {
    const became = this.outbox.inspect();
    // while nothing is read from it, its answer cannot arrive
    if (became === 'held') this.alive = true;
    if (became === 'stuck' || !this.alive) return this.drop();
    if (became === 'held') return;
    this.alive = false;
    this.socket.ping();
  }

  /** Says goodbye; nothing is told from here on, and who does not answer is cut off soon after. */
  close(code: number, reason: string): void {
    this.ended = true;
    this.outbox.end();
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.ended = true;
    this.socket.terminate();
  }

  private drop(): void {
    if (this.ended) return;
    this.subscriptions.dropped();
    this.terminate();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.ended) return;
    if (isBinary) return this.close(1003, 'send subscriptions as text');
    try {
      this.subscribe(readSubscription(data.toString()));
    } catch (error) {
      this.refuse(error);
    }
  }

  private subscribe(group: string): void {
    if (!this.groups.has(group)) {
      if (this.groups.size >= MAX_GROUPS) {
        const detail = `a connection may have ${MAX_GROUPS} subscriptions at most; open another for more`;
        throw new VitalsError('overloaded', detail);
      }
      this.subscriptions.added(group, this);
      this.groups.add(group);
    }
    this.notify(group);
  }

  /** Says why, and ends the connection of whoever does not listen. */
  private refuse(error: unknown): void {
    this.outbox.reply(JSON.stringify(lightErrorOf(error)));
    if (++this.faults >= MAX_FAULTS) this.close(1008, 'too many texts that are not subscriptions');
  }
}

/**
 * The group that a subscription names: the path is the id of the service, the parameter `environment` its tag.
 * @throws VitalsError `request-invalid` for a text that is not a subscription
 */
export function readSubscription(text: string): string {
  const [, serviceId = '', query = ''] = SUBSCRIPTION.exec(text) ?? [];
  const tag = new URLSearchParams(query).get('environment') || undefined;
  if (!SERVICE_ID.test(serviceId) || (tag !== undefined && !SERVICE_ID.test(tag))) {
    const detail = `${JSON.stringify(text.slice(0, 100))} is not a subscription; send https://host:port/<serviceId>, with ?environment=<tag> for a tag`;
    throw new VitalsError('request-invalid', detail);
  }
  return groupOf(tag === undefined ? { serviceId } : { serviceId, tag });
}
