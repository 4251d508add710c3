import type { FactoryProvider } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { tlsIdentityOf } from '@vitals/core/probe';
import {
  type IncomingMessage,
  request as httpRequest,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { type RequestOptions, request as httpsRequest } from 'node:https';
import type { HealthOptions } from '../../declaration/health.options.js';
import { abortable } from '../abortable.js';
import { failureReason } from '../failure-reason.js';
import { provideCheck } from '../provide-check.js';
import { Settings } from '../settings.js';

/** What `httpCheck` can be told, besides what every check can. */
export interface HttpCheckSettings extends HealthOptions {
  /** Where to ask, http or https; credentials belong in `headers`. */
  readonly url: string | URL;
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Authorities that are trusted, as PEM; default those that Node.js trusts. */
  readonly ca?: RequestOptions['ca'];
  /** The status codes that are well; default every 2xx. A redirect is not followed, so it is a status too. */
  readonly expectStatus?: number | readonly number[];
  /** Text that the first 64 KiB of the answer must contain. */
  readonly expectText?: string;
}

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST'] as const;

/** How much of an answer is searched for the expected text. */
const MOST_SEARCHED = 65_536;

interface Question {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: RequestOptions['ca'];
  readonly statuses: readonly number[] | undefined;
  readonly text: string | undefined;
}

interface Answer {
  readonly statusCode: number;
  /** Empty if no text is expected. */
  readonly start: string;
}

/**
 * Whether an HTTP service answers as it should: `providers: [httpCheck({ name: 'billing', url })]`. Redirects
 * are not followed: a login page is no health. Reports `url` (without query, which may carry
 * secrets) and `statusCode`.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function httpCheck(settings: HttpCheckSettings): FactoryProvider {
  const { url: givenUrl, method: givenMethod, headers: givenHeaders, ...rest } = settings;
  const { ca, expectStatus, expectText, ...options } = rest;
  const read = new Settings('httpCheck');
  const method = read.oneOf('method', givenMethod ?? 'GET', METHODS);
  const question: Question = {
    url: readUrl(read, givenUrl),
    method,
    headers: readHeaders(read, givenHeaders),
    ca,
    statuses: readStatuses(read, expectStatus),
    text: readText(read, expectText, method),
  };
  const told = question.url.origin + question.url.pathname;
  return provideCheck({
    owner: 'HttpCheck',
    options: { name: 'http', ...options, external: options.external ?? true },
    probe: () => ({
      check: async ({ signal }) => {
        let status = HealthStatus.up().withAttribute('url', told);
        try {
          const answer = await ask(question, signal);
          status = status.withAttribute('statusCode', answer.statusCode);
          const fault = faultOf(answer, question);
          return fault ? status.down(fault) : status;
        } catch (error) {
          return status.down(failureReason(error));
        }
      },
    }),
  });
}

/** Each run makes a connection of its own and closes it: whether one can be made is part of the question. */
function ask(question: Question, signal: AbortSignal): Promise<Answer> {
  const { url, method, headers, ca, text } = question;
  return abortable(signal, (resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, { method, headers, ca, agent: false, ...askedNameOf(url, headers) });
    request.on('error', reject);
    request.on('response', (response) => {
      const statusCode = response.statusCode ?? 0;
      response.on('error', reject);
      if (text === undefined) resolve({ statusCode, start: '' });
      else collectStart(response, (start) => resolve({ statusCode, start }));
    });
    request.end();
    return () => request.destroy();
  });
}

/** A `host` header names the server in TLS too, as `node:https` has it; by SNI without the dot at its end. */
function askedNameOf(url: URL, headers: Question['headers']): Pick<RequestOptions, 'servername'> {
  const own = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  const named = `http://${own ?? url.host}`;
  const { hostname } = URL.canParse(named) ? new URL(named) : url;
  return { servername: tlsIdentityOf(hostname).serverName };
}

function collectStart(response: IncomingMessage, done: (start: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (): void => done(Buffer.concat(chunks).subarray(0, MOST_SEARCHED).toString());
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MOST_SEARCHED) finish();
  });
  response.on('end', finish);
}

function faultOf({ statusCode, start }: Answer, { statuses, text }: Question): string | undefined {
  const isWell = statuses ? statuses.includes(statusCode) : statusCode >= 200 && statusCode < 300;
  if (!isWell) return `answered ${statusCode}, not ${statuses?.join(' or ') ?? '2xx'}`;
  return start.includes(text ?? '') ? undefined : 'the answer lacks the expected text';
}

function readUrl(read: Settings, given: unknown): URL {
  const text = given instanceof URL ? given.href : read.text('url', given, 'an http or https URL');
  const url = URL.canParse(text) ? new URL(text) : read.refuse('url', given, 'an http or https URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    read.refuse('url', given, 'an http or https URL; for other protocols there is tcpCheck');
  if (url.username || url.password)
    read.refuse('url', given, 'it without credentials; they belong in the header authorization');
  return url;
}

function readHeaders(read: Settings, given: Readonly<Record<string, string>> = {}): Record<string, string> {
  for (const [name, value] of Object.entries(given)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      read.refuse('headers', name, 'names and values that HTTP allows');
    }
  }
  return { ...given };
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
