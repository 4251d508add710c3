import { HttpException } from '@nestjs/common';
import { type ErrorCode, type FieldFault, VitalsError } from '@vitals/core/errors';
import * as s from './schema.js';

/** The media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** How long a client should wait before it repeats a call that failed for our sake, in seconds. */
export const RETRY_AFTER_SECONDS = 1;

/** The HTTP status that answers an error of the closed list. */
export const STATUS_BY_CODE: Readonly<Record<ErrorCode, number>> = {
  'duration-invalid': 422,
  'quantity-invalid': 422,
  'timestamp-invalid': 422,
  'request-invalid': 422,
  'request-malformed': 400,
  'query-invalid': 400,
  'media-type-unsupported': 415,
  'body-too-large': 413,
  unauthenticated: 401,
  forbidden: 403,
  'host-not-allowed': 403,
  'origin-not-allowed': 403,
  'rate-limited': 429,
  'token-not-found': 404,
  'no-candidate': 409,
  'reservation-not-found': 404,
  'reservation-expired': 409,
  'provider-not-registered': 404,
  'provider-id-conflict': 409,
  'generation-stale': 409,
  'check-not-found': 404,
  'check-invalid': 422,
  'check-conflict': 409,
  'service-not-found': 404,
  'target-denied': 422,
  'mass-failure-not-found': 404,
  'task-definition-invalid': 422,
  'backup-conflict': 409,
  'backup-failed': 503,
  'settings-invalid': 500,
  'declaration-invalid': 500,
  'store-unavailable': 503,
  overloaded: 503,
};

const REFUSED = ['refused', 'The request was refused'] as const;

/** Codes and titles of problems that only have a status. */
const PROBLEM_BY_STATUS: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['request-malformed', 'The request cannot be read'],
  401: ['unauthenticated', 'A token is needed'],
  403: ['forbidden', 'This token may not do that'],
  404: ['not-found', 'There is nothing at this path'],
  405: ['method-not-allowed', 'The path does not know this method'],
  408: ['request-timeout', 'The request took too long to arrive'],
  413: ['body-too-large', 'The body is too large'],
  414: ['uri-too-long', 'A part of the path is too long'],
  415: ['media-type-unsupported', 'The body must be application/json'],
  417: ['expectation-failed', 'The expectation cannot be met'],
  422: ['request-invalid', 'The request has wrong fields'],
  429: ['rate-limited', 'Too many requests'],
  431: ['headers-too-large', 'The headers are too large'],
  500: ['internal', 'Something failed inside the control plane'],
  503: ['unavailable', 'The control plane cannot answer now'],
};

const CODES_OF_STATUS = [...Object.values(PROBLEM_BY_STATUS), REFUSED].map(([code]) => code);
const PROBLEM_CODES = [...new Set([...Object.keys(STATUS_BY_CODE), ...CODES_OF_STATUS])].toSorted();

const Fault: s.Component<FieldFault> = s.object('FieldFault', 'A field that is wrong.', {
  pointer: s.text('The field, as a JSON Pointer (RFC 6901); a parameter is `/` and its name.'),
  detail: s.text('What is wrong with it.'),
});

/** An error on the wire, as RFC 9457 has it; `code` is the last part of `type`, `errors` name the fields. */
export const ProblemBody = s.object(
  'Problem',
  'An error, as RFC 9457 has it.',
  {
    type: s.text('`urn:vitals:problem:` and the code.', { format: 'uri' }),
    title: s.text('What kind of problem it is.'),
    status: s.whole('The status of the answer.', 400, 599),
    detail: s.text('What is wrong here, and what to do about it.'),
    code: s.oneOf(s.enumeration('ProblemCode', PROBLEM_CODES), 'For programs.'),
  },
  {
    errors: s.listOf(s.ref(Fault), 'The fields that are wrong, the first 20 of them.'),
    excluded: { ...s.EXCLUDED, description: `Of \`no-candidate\`: ${s.EXCLUDED.description}` },
  },
);
export type Problem = s.Of<typeof ProblemBody>;

/** Faults that one answer names; a short request must not have a long answer. */
export const MAX_FAULTS = 20;

/** Describes any error as a problem; an unknown one is a 500 without its cause. */
export function problemOf(error: unknown): Problem {
  if (error instanceof VitalsError) {
    const { code, message, details, faults } = error;
    return { ...details, ...problem(STATUS_BY_CODE[code], message, code, faults) };
  }
  const status = statusOf(error);
  if (status === undefined || status === 500)
    return problem(500, 'something failed that should not have; see the log', 'internal');
  const own = error instanceof Error ? withoutRoute(error.message) : 'the request was refused';
  return problem(status, DETAIL_BY_FASTIFY_CODE[codeOf(error)] ?? own);
}

/** Nest wraps what Fastify throws before its filters see it. */
function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } | null };
  return String(code ?? cause?.code);
}

const DETAIL_BY_FASTIFY_CODE: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is too large for this call; send a smaller one',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'send JSON, with content-type: application/json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body does not have the length that content-length says',
  FST_ERR_BAD_URL: 'the path is not valid percent-encoded UTF-8; write a "%" as %25',
};

/** Nest says of a path without a route only that it cannot be had; the query may hold secrets. */
function withoutRoute(message: string): string {
  const [, method, path] = /^Cannot ([A-Z]+) (\/[^?\s]*)/.exec(message) ?? [];
  if (path === undefined) return message;
  return `there is nothing at ${method} ${path}; the API is described at /docs and /openapi.json`;
}

/** Forms a problem; `code` follows from the status unless it is given. */
export function problem(
  status: number,
  detail: string,
  code?: string,
  errors: readonly FieldFault[] = [],
): Problem {
  const [codeOfStatus, title] = PROBLEM_BY_STATUS[status] ?? REFUSED;
  const known = code ?? codeOfStatus;
  return {
    type: `urn:vitals:problem:${known}`,
    title: code && code !== codeOfStatus ? titleOf(code) : title,
    status,
    detail,
    code: known,
    ...(errors.length > 0 && { errors: errors.slice(0, MAX_FAULTS) }),
  };
}

/** Whether whoever gets this problem should try again. */
export function isRetryable({ status }: Problem): boolean {
  return status === 503 || status === 429;
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Of Nest's exceptions and of the errors of Fastify. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 ? status : undefined;
}
