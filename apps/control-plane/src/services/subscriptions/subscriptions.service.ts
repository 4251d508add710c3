import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { VitalsError } from '@vitals/core/errors';
import { type CancelTimer, Clock } from '@vitals/core/time';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { endWithProblem } from '../../http/node/connections.js';
import { frontOf } from '../../http/node/front.js';
import { assertNoQuery } from '../../http/query.js';
import { assertAllowed } from '../../security/access.guard.js';
import { Authenticator } from '../../security/authenticator.js';
import { assertOwnPage } from '../../security/browser.guard.js';
import type { Identity } from '../../security/caller.js';
import { SecondLook } from '../../security/second.look.js';
import { AtShutdown } from '../../shutdown/stages.js';
import { ServiceDirectory } from '../service.directory.js';
import { GroupMessages } from './group.messages.js';
import { Subscriber, type Subscriptions } from './subscriber.js';

/** Where subscribers connect. */
export const SUBSCRIPTIONS_PATH = '/ws';
/** The most connections at a time. */
export const MAX_SUBSCRIBERS = 10_000;
/**
 * The most subscriptions of all connections together: 20 for each connection there may be. Who subscribes to groups that
 * nobody else does costs a kilobyte and more with each.
 */
export const MAX_SUBSCRIPTIONS = 200_000;
/** The longest text that may be a subscription, in bytes. */
const MAX_TEXT = 4 * 1024;
/** How often connections are asked whether they are alive, in milliseconds. */
export const PING_EVERY_MS = 30_000;
/** The most fragments of a text that may be a subscription. */
const MAX_FRAGMENTS = 64;
/** How long a client may take to answer a close, in milliseconds. */
const CLOSE_WITHIN_MS = 1_000;
/** The same, at shutdown. */
const SHUT_WITHIN_MS = 250;

const SERVER_OPTIONS: ServerOptions & { readonly closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_TEXT,
  maxFragments: MAX_FRAGMENTS,
  closeTimeout: CLOSE_WITHIN_MS,
  // a client that does not read must not make answers pile up: the outbox answers
  autoPong: false,
};

/** Tells subscribers of the instances of their groups: at once, and on every change, over WebSockets. */
@Injectable()
export class SubscriptionsService implements OnModuleInit, OnApplicationBootstrap, Subscriptions {
  private readonly server = new WebSocketServer(SERVER_OPTIONS);
  private readonly subscribers = new Set<Subscriber>();
  private readonly byGroup = new Map<string, Set<Subscriber>>();
  private readonly logger = new Logger('Subscriptions');
  readonly messages: GroupMessages;
  /** Groups that changed in this turn. */
  private readonly changed = new Set<string>();
  private cancelPing: CancelTimer | undefined;
  /** Since it was last reported. */
  private droppedCount = 0;
  /** Subscriptions of all connections. */
  private count = 0;
  private closing = false;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly secondLook: SecondLook,
    directory: ServiceDirectory,
    private readonly clock: Clock,
  ) {
    this.messages = new GroupMessages(directory);
    directory.changed.subscribe((group) => this.noteChange(group));
    authenticator.ended.subscribe((identity) => this.end(identity));
    this.server.on('wsClientError', (error, socket, request) => {
      const detail = `this is not a WebSocket handshake: ${error.message}`;
      endWithProblem(socket as Socket, new VitalsError('request-malformed', detail), request);
    });
  }

  onModuleInit(): void {
    const { upgrades } = frontOf(this.host);
    upgrades.put(SUBSCRIPTIONS_PATH, (request, socket, head) => this.upgrade(request, socket, head));
  }

  onApplicationBootstrap(): void {
    this.pingLater();
  }

  /** Says goodbye with 1001, and does not wait: who does not answer is cut off soon after. */
  @AtShutdown('stop-taking')
  closeAll(): void {
    this.closing = true;
    this.cancelPing?.();
    for (const subscriber of this.subscribers) subscriber.close(1001, 'the control plane is shutting down');
    this.clock.after(SHUT_WITHIN_MS, () => {
      for (const subscriber of this.subscribers) subscriber.terminate();
    });
  }

  /** @throws VitalsError `overloaded` if there are too many on all connections */
  added(group: string, subscriber: Subscriber): void {
    if (this.count >= MAX_SUBSCRIPTIONS) {
      const detail = `there are ${MAX_SUBSCRIPTIONS} subscriptions on all connections, and there is no room for more; try again later`;
      throw new VitalsError('overloaded', detail);
    }
    this.count++;
    const subscribers = this.byGroup.get(group) ?? new Set();
    this.byGroup.set(group, subscribers.add(subscriber));
  }

  dropped(): void {
    this.droppedCount++;
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const refuse = (refusal: unknown): void => endWithProblem(socket, refusal, request);
    const letIn = (): void => this.letIn(request, socket, head);
    try {
      letIn();
    } catch (refusal) {
      if (!this.secondLook.isDue(refusal)) return refuse(refusal);
      this.secondLook.caughtUp().then(letIn).catch(refuse);
    }
  }

  private letIn(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const identity = this.authenticator.identifyFor('lookup', request.headers);
    assertAllowed(identity, 'lookup', {});
    assertOwnPage(request.headers);
    assertNoQuery(request.url as string);
    this.assertRoom();
    this.server.handleUpgrade(request, socket, head, (accepted) => this.accept(accepted, identity));
  }

  private accept(socket: WebSocket, identity: Identity): void {
    const subscriber = new Subscriber(socket, identity, this);
    this.subscribers.add(subscriber);
    socket.on('close', () => this.remove(subscriber));
  }

  /** What was let in with a token ends with it. */
  private end(identity: Identity): void {
    for (const subscriber of this.subscribers)
      if (subscriber.identity === identity)
        subscriber.close(1008, 'the token of this connection was revoked');
  }

  private remove(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    this.count -= subscriber.groups.size;
    for (const group of subscriber.groups) {
      const others = this.byGroup.get(group);
      others?.delete(subscriber);
      if (others?.size !== 0) continue;
      this.byGroup.delete(group);
      this.messages.forget(group);
    }
  }

  /** Many instances of a group may change in one turn: subscribers are told of what they come to. */
  private noteChange(group: string): void {
    this.messages.forget(group);
    if (!this.byGroup.has(group)) return;
    if (this.changed.size === 0) this.clock.soon(() => this.notifyChanged());
    this.changed.add(group);
  }

  private notifyChanged(): void {
    const groups = [...this.changed];
    this.changed.clear();
    for (const group of groups)
      for (const subscriber of this.byGroup.get(group) ?? []) subscriber.notify(group);
  }

  private pingLater(): void {
    this.cancelPing = this.clock.after(PING_EVERY_MS, () => {
      for (const subscriber of this.subscribers) subscriber.ping();
      const { droppedCount } = this;
      this.droppedCount = 0;
      if (droppedCount > 0)
        this.logger.warn(
          `${droppedCount} subscribers were dropped: they answered nothing, or read too slowly`,
        );
      this.pingLater();
    });
  }

  private assertRoom(): void {
    if (this.closing)
      throw new VitalsError('overloaded', 'the control plane is shutting down; connect to another');
    if (this.subscribers.size < MAX_SUBSCRIBERS) return;
    const detail = `${MAX_SUBSCRIBERS} subscribers are connected, and there is no room for more; try again later`;
    throw new VitalsError('overloaded', detail);
  }
}
