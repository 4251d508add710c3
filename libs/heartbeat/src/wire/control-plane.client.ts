import http from 'node:http';
import https from 'node:https';
import type { Clock } from '@vitals/core/time';
import {
  type Acknowledgement,
  BEAT_TAKEN,
  INFO_TAKEN,
  type Registered,
  registrationTaken,
} from './acknowledgement.js';
import { type Answer, isAcknowledged, readAnswer } from './answer.js';
import { labelOf } from './base-url.js';
import { exchange, type Transport } from './exchange.js';
import type { Phase, ProviderInfo, ProviderRegistration } from './provider.js';

/** What a beat says. */
export interface Beat {
  /** RFC 3339. */
  readonly timestamp: string;
  readonly phase: Phase;
  readonly generation: number;
}

/** How a call is made; `token` is sent as `Authorization: Bearer`, to this endpoint alone. */
export interface CallOptions {
  readonly endpoint: URL;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  /** For the whole call. */
  readonly timeoutMs: number;
}

/** TCP asks so late, in milliseconds, whether the other side is there: beats do that sooner. */
const TCP_KEEP_ALIVE_MS = 60_000;

/**
 * Speaks to a control plane over one connection for each endpoint that answers, which is kept. Calls never reject:
 * what went wrong is part of the answer. Bodies are made when they are sent; a kept connection that turns out to be
 * closed costs no failed call: the body is made and sent once more, over a new one.
 */
export class ControlPlaneClient {
  private readonly connections = new Map<string, http.Agent>();

  constructor(
    private readonly name: string,
    private readonly clock: Clock,
    private readonly transport: Transport = exchange,
  ) {}

  /** @param id what the provider is to be known by; with it, a claim can be repeated whose answer was lost */
  register(
    registration: ProviderRegistration,
    id: string | undefined,
    options: CallOptions,
  ): Promise<Answer<Registered>> {
    const search = id === undefined ? '' : `?id=${id}`;
    const make = (): unknown => ({ ...registration, name: this.name });
    return this.call('POST', `/providers${search}`, make, registrationTaken(this.name), options);
  }

  /** @returns in how many milliseconds the next beat is due */
  beat(make: () => Beat, options: CallOptions): Promise<Answer<number>> {
    return this.call('PUT', `${this.path}/status`, make, BEAT_TAKEN, options);
  }

  info(make: () => ProviderInfo & Pick<Beat, 'timestamp'>, options: CallOptions): Promise<Answer<undefined>> {
    return this.call('PATCH', `${this.path}/resources`, make, INFO_TAKEN, options);
  }

  /** Closes every connection; the next call opens one again. */
  close(): void {
    for (const connection of this.connections.values()) connection.destroy();
    this.connections.clear();
  }

  private get path(): string {
    return `/providers/${encodeURIComponent(this.name)}`;
  }

  private async call<T>(
    method: string,
    path: string,
    make: () => unknown,
    taken: Acknowledgement<T>,
    { endpoint, token, signal, timeoutMs }: CallOptions,
  ): Promise<Answer<T>> {
    const url = new URL(`${labelOf(endpoint)}${path}`);
    const endsMs = this.clock.monotonicMs() + timeoutMs;
    const send = (withinMs: number) => {
      const body = JSON.stringify(make());
      const headers = {
        accept: 'application/json, application/problem+json',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      const agent = this.connectionTo(endpoint);
      return this.transport({ method, url, headers, body, timeoutMs: withinMs, signal, agent });
    };
    let reply = await send(timeoutMs);
    const leftMs = endsMs - this.clock.monotonicMs();
    if ('wasStale' in reply && reply.wasStale && !signal.aborted && leftMs > 0) reply = await send(leftMs);
    const answer = readAnswer(reply, taken, this.clock.wallMs());
    if (isAcknowledged(answer)) return answer;
    return token === undefined ? answer : { ...answer, reason: answer.reason.replaceAll(token, '(token)') };
  }

  /** Closes the connection to one endpoint: nobody is asked there for now. */
  leave({ href }: URL): void {
    this.connections.get(href)?.destroy();
    this.connections.delete(href);
  }

  private connectionTo({ href, protocol }: URL): http.Agent {
    const known = this.connections.get(href);
    if (known) return known;
    const one = { maxSockets: 1, maxFreeSockets: 1 };
    const options = { keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS, ...one };
    const connection = protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
    this.connections.set(href, connection);
    return connection;
  }
}
