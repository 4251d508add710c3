import type { Conformity } from './conformity.js';

/** An answer that was held against the description. */
export interface Recorded {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends requests to a control plane, and keeps what is not as described. */
export class RecordedClient {
  readonly faults: string[] = [];

  constructor(
    private readonly url: string,
    private readonly conformity: Conformity,
    private readonly token: string | undefined,
    /** Whether it may send what is not as described. */
    private readonly lax = false,
  ) {}

  /** The same, with another token, or with none. */
  as(token: string | undefined): RecordedClient {
    return Object.assign(new RecordedClient(this.url, this.conformity, token, this.lax), {
      faults: this.faults,
    });
  }

  /** The same, which may send what is not as described, and be answered well for a part of it. */
  sendingAnything(): RecordedClient {
    return Object.assign(new RecordedClient(this.url, this.conformity, this.token, true), {
      faults: this.faults,
    });
  }

  /** Sends JSON, or raw text with any media type. */
  async send(method: string, path: string, sent?: unknown, type = 'application/json'): Promise<Recorded> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(sent !== undefined && { 'content-type': type }),
      },
      ...(sent !== undefined && { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
    });
    const text = await response.text();
    const media = response.headers.get('content-type');
    const body: unknown = media?.includes('json') ? JSON.parse(text) : text;
    const { status, headers } = response;
    const exchange = { method, path, sent, status, type: media, body };
    this.faults.push(...this.conformity.faults(exchange));
    if (status < 300 && !this.lax) this.faults.push(...this.conformity.bodyFaults(exchange));
    return { status, headers, body: (typeof body === 'object' ? body : {}) as Recorded['body'] };
  }
}
