import http from 'node:http';
import https from 'node:https';
import { type Answer, readAnswer } from './answer.js';
import { exchange } from './exchange.js';
import type { Phase } from './phase.js';
import type { ProviderInfo, ProviderRegistration } from './provider.js';

/** What a beat says. */
export interface Beat {
  /** RFC 3339. */
  readonly timestamp: string;
  readonly phase: Phase;
  readonly generation: number;
}

/** What an info update says. */
export interface InfoUpdate extends ProviderInfo {
  /** RFC 3339. */
  readonly timestamp: string;
}

/** How a call is made; `token` is sent as `Authorization: Bearer`. */
export interface CallOptions {
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  /** Default: what the client was set up with. */
  readonly timeoutMs?: number;
}

/** TCP asks so late, in milliseconds, whether the other side is there: beats do that sooner. */
const TCP_KEEP_ALIVE_MS = 60_000;

/**
 * Speaks to the control plane over one connection that is kept. Calls never reject: what went wrong is part of
 * the answer. After one without an answer, or answered that the server cannot (5xx), the next endpoint of the
 * list is used. Bodies are made when they are sent; a kept connection that turns out to be closed costs no
 * failed call: the body is made and sent once more, over a new one.
 */
export class ControlPlaneClient {
  private current = 0;
  private connection: http.Agent | undefined;

  constructor(
    private readonly name: string,
    private readonly endpoints: readonly URL[],
    private readonly timeoutMs: number,
  ) {}

  /** How many endpoints there are to go through. */
  get endpointCount(): number {
    return this.endpoints.length;
  }

  /** @param id what the provider is to be known by; with it, a claim can be repeated whose answer was lost */
  register(
    registration: ProviderRegistration,
    id: string | undefined,
    options: CallOptions,
  ): Promise<Answer> {
    const search = id === undefined ? '' : `?id=${id}`;
    return this.call('POST', '/providers', () => ({ name: this.name, ...registration }), options, search);
  }

  beat(make: () => Beat, options: CallOptions): Promise<Answer> {
    return this.call('PUT', `${this.path}/status`, make, options);
  }

  info(make: () => InfoUpdate, options: CallOptions): Promise<Answer> {
    return this.call('PATCH', `${this.path}/resources`, make, options);
  }

  /** Closes the connection; the next call opens one again. */
  close(): void {
    this.connection?.destroy();
    this.connection = undefined;
  }

  private get path(): string {
    return `/providers/${encodeURIComponent(this.name)}`;
  }

  private async call(
    method: string,
    path: string,
    make: () => unknown,
    { token, signal, timeoutMs = this.timeoutMs }: CallOptions,
    search = '',
  ): Promise<Answer> {
    const base = this.endpoints[this.current] as URL;
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/$/, '')}${path}`;
    url.search = search;
    const agent = (this.connection ??= connectionTo(base));
    const send = () => {
      const body = JSON.stringify(make());
      const headers = {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      return exchange({ method, url, headers, body, timeoutMs, signal, agent });
    };
    let reply = await send();
    if ('wasStale' in reply && reply.wasStale && !signal.aborted) reply = await send();
    const isLost = reply.status === 0 && !signal.aborted;
    if (isLost || reply.status >= 500) this.moveOn();
    return readAnswer(reply, Date.now());
  }

  private moveOn(): void {
    if (this.endpoints.length === 1) return;
    this.current = (this.current + 1) % this.endpoints.length;
    this.close();
  }
}

function connectionTo({ protocol }: URL): http.Agent {
  const options = { keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS, maxSockets: 1, maxFreeSockets: 1 };
  return protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
}
