import type { NoReply, Reply } from './exchange.js';

/** An answer of the control plane, or why there is none. */
export interface Answer {
  /** 0 if no answer came. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the control plane asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether an operator asked this provider to drain. */
  readonly asksToDrain: boolean;
  readonly reason: string;
}

/** Carries what an operator wants of a provider: `drain`. */
const DIRECTIVE_HEADER = 'vitals-directive';
/** Problem texts longer than this are cut. */
const LONGEST_REASON = 300;
/** A provider that keeps silent for longer would be given up anyway, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/** Whether the control plane did what it was asked. */
export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** No answer, for a reason on this side. */
export function noAnswer(reason: string): Answer {
  return { status: 0, body: {}, retryAfterMs: undefined, asksToDrain: false, reason };
}

/** Reads what came, at the epoch milliseconds `nowMs`. */
export function readAnswer(reply: Reply | NoReply, nowMs: number): Answer {
  if (!('headers' in reply)) return noAnswer(reply.reason);
  const { status, headers, text } = reply;
  const body = parse(text);
  const directives = [headers[DIRECTIVE_HEADER] ?? []].flat().join().split(',');
  return {
    status,
    body,
    retryAfterMs: readRetryAfter(headers['retry-after'], nowMs),
    asksToDrain: directives.some((directive) => directive.trim() === 'drain'),
    reason: describe(status, body, text, headers.location),
  };
}

function describe(status: number, body: Answer['body'], text: string, location: string | undefined): string {
  if (location !== undefined && status >= 300 && status < 400) {
    return `${status} leads to ${location.slice(0, LONGEST_REASON)}; redirects are not followed, for that would carry the token elsewhere`;
  }
  const detail = typeof body['detail'] === 'string' ? body['detail'] : text;
  return `${status} ${detail.slice(0, LONGEST_REASON)}`.trim();
}

/** Seconds, or a date (RFC 9110 section 10.2.3); more than `LONGEST_RETRY_AFTER_MS` is cut to it. */
function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
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
