import type { FactoryProvider } from '@nestjs/common';
import { DEFAULT_MAX_BODY_BYTES, MAX_MAX_BODY_BYTES, MIN_MAX_BODY_BYTES } from '@vitals/core/content';
import { canParseUrl, tlsIdentityOf } from '@vitals/core/check';
import { parseBytes } from '@vitals/core/placement';
import {
  askOnce,
  bodyFaultOf,
  type HttpExpectation,
  type HttpQuestion,
  isExpected,
  isHeader,
  maxBodyBytesOf,
  OpenConnector,
  questionOf,
  readHttpUrl,
} from '@vitals/probes';
import type { ConnectionOptions } from 'node:tls';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';

/** What `httpCheck` can be told, besides what every check can. */
export interface HttpCheckSettings extends HealthOptions {
  /** Where to ask, http or https; credentials belong in `headers`. */
  readonly url: string | URL;
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Authorities that are trusted, as PEM; default those that Node.js trusts. */
  readonly ca?: ConnectionOptions['ca'];
  /** The status codes that are well; default every 2xx. A redirect is not followed, so it is a status too. */
  readonly expectStatus?: number | readonly number[];
  /** Text that the content of the answer must contain. */
  readonly expectText?: string;
  /** How much of the content is searched for it: bytes, or text such as `'256KiB'`, up to 1 MiB; default 64 KiB. */
  readonly maxBody?: number | string;
}

const OWN = ['url', 'method', 'headers', 'ca', 'expectStatus', 'expectText', 'maxBody'] as const;
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST'] as const;

const connector = new OpenConnector();

/**
 * Whether an HTTP service answers as it should: `providers: [httpCheck({ name: 'billing', url })]`. Redirects
 * are not followed: a login page is no health. Reports `url` (without query, which may carry
 * secrets) and `statusCode`.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function httpCheck(settings: HttpCheckSettings): FactoryProvider {
  const read = Settings.of('httpCheck', settings, OWN);
  const method = read.oneOf('method', settings.method ?? 'GET', METHODS);
  const statuses = readStatuses(read, settings.expectStatus);
  const text = readText(read, settings.expectText, method);
  const expected: HttpExpectation = {
    expectedCodes: statuses?.map((code) => ({ first: code, last: code })) ?? [{ first: 200, last: 299 }],
    ...(text !== undefined && { expectedBody: { kind: 'contains', text } }),
    maxBodyBytes: readMaxBody(read, settings.maxBody),
  };
  const url = readUrl(read, settings.url);
  const question = request(method, url, readHeaders(read, settings.headers), settings.ca);
  const about = up({ url: url.origin + url.pathname });
  const maxBodyBytes = (statusCode: number): number => maxBodyBytesOf(statusCode, expected);
  return provideCheck(read.external('http'), () => ({
    about,
    check: ({ signal }) =>
      askOnce(connector, question, { maxBodyBytes }, signal, async (answer) => {
        const { statusCode } = answer;
        const status = about.withAttribute('statusCode', statusCode);
        const fault = isExpected(statusCode, expected)
          ? await bodyFaultOf(answer, expected)
          : `answered ${statusCode}, not ${statuses?.join(' or ') ?? '2xx'}`;
        return fault ? status.down(fault) : status;
      }),
  }));
}

function request(
  method: HttpQuestion['method'],
  url: URL,
  headers: Readonly<Record<string, string>>,
  ca: ConnectionOptions['ca'],
): HttpQuestion {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const sent = [['host', url.host] as const, ...given, ['connection', 'close'] as const];
  // a `host` header names the server in TLS too, as `node:https` has it
  const named = `http://${new Map(sent).get('host')}`;
  const { hostname } = canParseUrl(named) ? new URL(named) : url;
  const serverName = tlsIdentityOf(hostname).serverName || undefined;
  return questionOf(method, url, sent, { verify: true, ca, serverName });
}

function readUrl(read: Settings, given: unknown): URL {
  const text = given instanceof URL ? given.href : read.text('url', given, 'an http or https URL');
  const url = readHttpUrl(text);
  switch (url) {
    case 'not a URL':
      return read.refuse('url', given, 'an http or https URL');
    case 'another protocol':
      return read.refuse('url', given, 'an http or https URL; for other protocols there is tcpCheck');
    case 'credentials':
      return read.refuse('url', given, 'it without credentials; they belong in the header authorization');
    default:
      return url;
  }
}

function readHeaders(read: Settings, given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const fault = Object.entries(given).find(([name, value]) => !isHeader(name, value));
  return fault ? read.refuse('headers', fault[0], 'names and values that HTTP allows') : { ...given };
}

function readStatuses(read: Settings, given: unknown): readonly number[] | undefined {
  if (given === undefined) return undefined;
  const statuses: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (statuses.length === 0) read.refuse('expectStatus', given, 'at least one status code');
  return statuses.map((status) => read.integer('expectStatus', status, 200, 599));
}

function readText(read: Settings, given: unknown, method: string): string | undefined {
  if (given === undefined) return undefined;
  if (method === 'HEAD') read.refuse('expectText', given, 'it with another method: HEAD has no text');
  return read.text('expectText', given, 'text that the answer contains');
}

function readMaxBody(read: Settings, given: unknown): number {
  if (given === undefined) return DEFAULT_MAX_BODY_BYTES;
  const expected = 'bytes as a number, or an amount such as "256KiB", from 1 KiB to 1 MiB';
  const isAmount = typeof given === 'number' || typeof given === 'string';
  const bytes = (isAmount && read.parsed(given, parseBytes)) || 0;
  const isBound = bytes >= MIN_MAX_BODY_BYTES && bytes <= MAX_MAX_BODY_BYTES;
  return isBound ? bytes : read.refuse('maxBody', given, expected);
}
