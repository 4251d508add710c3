import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A client of the WebSocket of the registry that keeps what it is sent. */
export class WatchingClient {
  /** What was sent and not read yet. */
  private readonly received: unknown[] = [];
  private wake: () => void = () => undefined;
  /** Why the connection was closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString()));
      this.wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.wake();
    });
    socket.on('error', () => undefined);
  }

  /** Connects to `/ws` of a control plane. */
  static async connect(url: string, token?: string): Promise<WatchingClient> {
    const client = new WatchingClient(
      new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: headersOf(token) }),
    );
    await once(client.socket, 'open');
    return client;
  }

  /** The status and the body of the answer to a handshake that is refused. */
  static async refusal(
    url: string,
    token?: string,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers: headersOf(token) });
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      AsyncIterable<Buffer> & { statusCode: number },
    ];
    let text = '';
    for await (const data of response) text += data.toString();
    return { status: response.statusCode, text };
  }

  /** Subscribes to a group: `serviceId`, or `serviceId|tag`. */
  subscribe(group: string): void {
    const [serviceId, tag] = group.split('|');
    this.socket.send(`https://localhost:443/${serviceId}${tag === undefined ? '' : `?environment=${tag}`}`);
  }

  /** The next message; `undefined` if the connection closes before there is one. */
  async next(): Promise<unknown> {
    while (this.received.length === 0 && !this.closed)
      await new Promise<void>((resolve) => (this.wake = resolve));
    return this.received.shift();
  }

  /** Reads messages until one is like this. */
  async until(isIt: (message: unknown) => boolean): Promise<number> {
    for (let count = 1; ; count++) {
      const message = await this.next();
      if (message === undefined) throw new Error('the connection closed before');
      if (isIt(message)) return count;
    }
  }

  async close(): Promise<void> {
    this.socket.terminate();
    while (!this.closed) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

function headersOf(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
