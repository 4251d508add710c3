import { VitalsError } from '@vitals/core/errors';
import type { HeartbeatAgentOptions, Phase, ProviderInfo, ProviderRegistration } from './agent.options.js';

/** An answer of the control plane, or why there is none. */
export interface Answer {
  /** 0 if no answer came. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the control plane asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly reason: string;
}

/** Whether the control plane did what it was asked. */
export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Problem texts longer than this are cut. */
const LONGEST_REASON = 300;
/** A provider that keeps silent for longer would be given up anyway, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/**
 * Speaks to the control plane, over connections that are kept alive. Requests never reject: what went wrong is
 * part of the answer. After a request without an answer, the next endpoint of the list is used.
 */
export class ControlPlaneClient {
  private readonly endpoints: readonly string[];
  private current = 0;

  constructor(
    private readonly options: Pick<HeartbeatAgentOptions, 'controlPlane' | 'name' | 'token'>,
    private readonly timeoutMs: number,
  ) {
    this.endpoints = [options.controlPlane].flat().map(readBaseUrl);
  }

  register(registration: ProviderRegistration, signal: AbortSignal): Promise<Answer> {
    return this.send('POST', '/providers', { name: this.options.name, ...registration }, signal);
  }

  beat(
    timestamp: string,
    phase: Phase,
    generation: number | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.send('PUT', `${this.path}/status`, { timestamp, phase, generation }, signal);
  }

  info(timestamp: string, info: ProviderInfo, signal: AbortSignal): Promise<Answer> {
    return this.send('PATCH', `${this.path}/resources`, { timestamp, ...info }, signal);
  }

  private get path(): string {
    return `/providers/${encodeURIComponent(this.options.name)}`;
  }

  private async send(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const abort = new AbortController();
    const stop = (): void => abort.abort(new Error('the agent was stopped'));
    const timer = setTimeout(
      () => abort.abort(new Error(`no answer within ${this.timeoutMs} ms`)),
      this.timeoutMs,
    );
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      const response = await fetch(`${this.endpoints[this.current]}${path}`, {
        method,
        signal: abort.signal,
        redirect: 'error',
        headers: {
          'content-type': 'application/json',
          ...(this.options.token && { authorization: `Bearer ${this.options.token}` }),
        },
        body: JSON.stringify(body),
      });
      return await read(response);
    } catch (error) {
      if (!signal.aborted) this.current = (this.current + 1) % this.endpoints.length;
      return { status: 0, body: {}, retryAfterMs: undefined, reason: describe(error) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }
}

/** @throws VitalsError `declaration-invalid` for what is no HTTP URL */
function readBaseUrl(url: string): string {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '');
  throw new VitalsError(
    'declaration-invalid',
    `controlPlane: ${JSON.stringify(url)} is no URL; give one such as "http://127.0.0.1:3000"`,
  );
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = parse(text);
  const detail = typeof body['detail'] === 'string' ? body['detail'] : text;
  return {
    status: response.status,
    body,
    retryAfterMs: readRetryAfter(response.headers.get('retry-after')),
    reason: `${response.status} ${detail.slice(0, LONGEST_REASON)}`.trim(),
  };
}

/** Seconds, or a date (RFC 9110 section 10.2.3); more than `LONGEST_RETRY_AFTER_MS` is cut to it. */
function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `fetch` says only "fetch failed"; why is in the cause. */
function describe(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { message, code, name } = cause as NodeJS.ErrnoException;
  return message || (code ?? name);
}
