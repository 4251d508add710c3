import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A connection on which any bytes can be sent; it stays half open when the other side ends. */
export class RawConnection {
  private received = '';
  /** The other side said that it will send no more. */
  ended = false;
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('end', () => (this.ended = true));
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Sends bytes on a connection of their own, and resolves to the first answer. */
  static async ask(url: string, ...bytes: (string | Buffer)[]): Promise<RawAnswer> {
    const connection = await RawConnection.open(url);
    for (const some of bytes) connection.send(some);
    const [answer] = await connection.answers(1);
    connection.destroy();
    return answer as RawAnswer;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** The first answers, as soon as there are so many; as many as came if the connection ends first. */
  async answers(count: number): Promise<RawAnswer[]> {
    for (;;) {
      const answers = parse(this.received);
      if (answers.length >= count || this.ended || this.closed) return answers;
      await this.next('data', 'end', 'close');
    }
  }

  /** An error is followed by the close. */
  private async next(...events: string[]): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    await Promise.race(events.map((event) => once(this.socket, event, { signal }).catch(() => undefined)));
    over.abort();
  }

  /** Resolves when the other side has ended the connection. */
  async end(): Promise<void> {
    while (!this.ended && !this.closed) await this.next('end', 'close');
  }
}

/** A request with a body, as it goes over the wire; the headers are whole lines. */
export function rawRequest(target: string, body: unknown, headers: readonly string[] = []): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const given = headers.map((line) => line.toLowerCase());
  const has = (name: string): boolean => given.some((line) => line.startsWith(`${name}:`));
  const lines = [
    `${target} HTTP/1.1`,
    ...(has('host') ? [] : ['host: localhost']),
    ...(has('content-type') ? [] : ['content-type: application/json']),
    ...(has('content-length') || has('transfer-encoding')
      ? []
      : [`content-length: ${Buffer.byteLength(text)}`]),
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${text}`;
}

/** Whole answers with a length, one behind the other; interim ones are passed over. */
function parse(received: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = received; ;) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) return answers;
    const [line = '', ...fields] = rest.slice(0, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      fields.map((field) => {
        const [name = '', ...value] = field.split(': ');
        return [name.toLowerCase(), value.join(': ')];
      }),
    );
    const status = Number(line.split(' ')[1]);
    const end = headEnd + 4 + Number(headers['content-length'] ?? 0);
    if (rest.length < end) return answers;
    if (status >= 200) answers.push({ status, headers, text: rest.slice(headEnd + 4, end) });
    rest = rest.slice(end);
  }
}
