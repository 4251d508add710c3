/** An answer on the wire, before any HTTP framework: a body goes with its `content-type`, and only then. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** How much an answer tells: `names` gives names and statuses, `full` also data, messages and times. */
export type HealthDetail = 'status' | 'names' | 'full';

/** No health answer may be served from a cache (204 and 405 are cacheable by default, RFC 9110 section 15.1). */
const NO_STORE = { 'cache-control': 'no-store' };

const JSON_HEADERS = { ...NO_STORE, 'content-type': 'application/json; charset=utf-8' };

/** An answer with a JSON body. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
): WireAnswer {
  return {
    status,
    headers: headers ? { ...JSON_HEADERS, ...headers } : JSON_HEADERS,
    body: JSON.stringify(body),
  };
}

/** An answer without content, and so without `content-type` and `content-length`. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { ...NO_STORE, ...headers }, body: undefined };
}

/** An error that is no finding about health, as RFC 9457 has it. */
export function problemAnswer(
  status: number,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  const type = { 'content-type': 'application/problem+json; charset=utf-8' };
  return jsonAnswer(status, { type: 'about:blank', title, status, detail }, { ...type, ...headers });
}
