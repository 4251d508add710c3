import http from 'node:http';

/** An answer; of a body that is no JSON object nothing is kept. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What `Retry-After` asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** One call. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: object;
  /** Instead of that of the caller, in milliseconds. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 3_000;

/** Calls one address over connections that are kept, as providers do. */
export class Caller {
  /** How often each method was answered with each status. */
  readonly answers = new Map<string, number>();
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 500 });

  constructor(
    private readonly port: number,
    private readonly timeoutMs = DEFAULT_TIMEOUT_MS,
  ) {}

  /** Never rejects. @returns `undefined` if no whole answer came in time */
  ask({ method, path, token, body, timeoutMs = this.timeoutMs }: Call): Promise<Answer | undefined> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers: http.OutgoingHttpHeaders = { 'content-length': Buffer.byteLength(text) };
    if (text) headers['content-type'] = 'application/json';
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const { port, agent } = this;
    return new Promise((resolve) => {
      const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent });
      const timer = setTimeout(() => request.destroy(), timeoutMs);
      const end = (answer: Answer | undefined): void => {
        clearTimeout(timer);
        const kind = `${method} ${answer?.status ?? 'unanswered'}`;
        this.answers.set(kind, (this.answers.get(kind) ?? 0) + 1);
        resolve(answer);
      };
      request.on('error', () => end(undefined));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => end(undefined));
        response.on('end', () => {
          const { statusCode: status = 0 } = response;
          const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
          const retryAfterMs = Number.isNaN(seconds) ? undefined : seconds * 1_000;
          end({ status, body: objectIn(Buffer.concat(chunks).toString()), retryAfterMs });
        });
      });
      request.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
