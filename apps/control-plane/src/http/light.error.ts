import type { FieldFault } from '@vitals/core/errors';
import { type Problem, problemOf } from './problem-details.js';
import * as s from './schema.js';

type Named = readonly [code: string, message: string];

const GENERIC: Named = ['ERR10014', 'GENERIC_EXCEPTION'];
/** The error for a missing parameter of the query. */
export const QUERY_MISSING: Named = ['ERR11000', 'VALIDATOR_REQUEST_PARAMETER_QUERY_MISSING'];
const SCHEMA: Named = ['ERR11004', 'VALIDATOR_SCHEMA'];

/** The codes of light-4j's status.yml by the status of a problem; it has none for 414, 426 and 503. */
const NAMED_BY_STATUS: Readonly<Record<number, Named>> = {
  401: ['ERR10002', 'MISSING_AUTH_TOKEN'],
  403: ['ERR10067', 'ACCESS_CONTROL_ERROR'],
  404: ['ERR11637', 'OBJECT_NOT_FOUND'],
  405: ['ERR10008', 'METHOD_NOT_ALLOWED'],
  413: ['ERR10068', 'PAYLOAD_TOO_LARGE'],
  415: ['ERR10077', 'INVALID_CONTENT_TYPE'],
  422: SCHEMA,
  429: ['ERR10088', 'RATE_LIMIT_EXCEEDED'],
  500: ['ERR10010', 'RUNTIME_EXCEPTION'],
};

const NO_SUCH_PATH: Named = ['ERR10048', 'PATH_NOT_IMPLEMENTED'];
const NO_JSON: Named = ['ERR11003', 'VALIDATOR_SCHEMA_INVALID_JSON'];

const ERRORS = [...Object.values(NAMED_BY_STATUS), GENERIC, QUERY_MISSING, NO_SUCH_PATH, NO_JSON];
const LIGHT_CODES = ['SUC10200', ...new Set(ERRORS.map(([code]) => code).toSorted())];

/** An answer of light-4j's own form: its success and its errors look alike. */
export const LightStatusBody = s.object(
  'LightStatus',
  'What became of a request, success or error, as light-4j says it.',
  {
    statusCode: s.whole('The status of the answer.', 100, 599),
    code: s.oneOf(s.enumeration('LightCode', LIGHT_CODES), "For programs: a code of light-4j's status.yml."),
    message: s.text('The name of the code.'),
    description: s.text('What is wrong here, and what to do about it.'),
    severity: s.oneOf(s.enumeration('Severity', ['NA', 'ERROR']), 'ERROR for an error.'),
  },
);
export type LightStatus = s.Of<typeof LightStatusBody>;

/** The answer to what was done (light-4j, status.yml). */
export const LIGHT_OK: LightStatus = {
  statusCode: 200,
  code: 'SUC10200',
  message: 'OK',
  description: 'The request is handled successfully',
  severity: 'NA',
};

/** A path whose last part is an id, and no query. */
const ONE_CHECK = /^\/services\/check\/./;

/** Whether requests of a method have a body, and not a query. */
export function sendsBody(method: string): boolean {
  return !/^(get|delete)$/i.test(method);
}

/** Whether a path belongs to the registry, whose clients know light-4j's errors only. */
export function isLightPath(url: string): boolean {
  return /^\/(services|ws)([/?]|$)/.test(url);
}

/** The status that light-4j answers where a problem has this one: what it validates is a 400. */
export function lightStatusOf(status: number): number {
  return status === 422 ? 400 : status;
}

/** The code and the name that light-4j has for a problem; `method` is that of the request. */
export function lightNameOf({ status, code }: Pick<Problem, 'status' | 'code'>, method: string): Named {
  if (code === 'not-found') return NO_SUCH_PATH;
  if (code === 'request-malformed' && sendsBody(method)) return NO_JSON;
  return NAMED_BY_STATUS[status] ?? GENERIC;
}

/** A problem as light-4j says it. @param method,url of the request, for what is missing in its query */
export function lightError(described: Problem, method: string, url: string): LightStatus {
  const [path = '', query = ''] = url.split('?', 2);
  const isOfQuery = !sendsBody(method) && !ONE_CHECK.test(path);
  const missing = isOfQuery ? missingIn(new URLSearchParams(query), described) : undefined;
  const [code, message] = missing === undefined ? lightNameOf(described, method) : QUERY_MISSING;
  const description =
    missing === undefined
      ? descriptionOf(described, code)
      : `Query parameter ${missing} is required on path ${path} but not found in request.`;
  return { statusCode: lightStatusOf(described.status), code, message, description, severity: 'ERROR' };
}

/** An error in light-4j's form where there is no request of HTTP. */
export function lightErrorOf(error: unknown): LightStatus {
  return lightError(problemOf(error), 'POST', '');
}

function descriptionOf({ detail, errors = [] }: Problem, code: string): string {
  if (code !== SCHEMA[0]) return detail;
  return `Schema Validation Error - ${errors.map(nameFault).join('; ') || detail}`;
}

/** The whole path of the member, and what is wrong with it. */
function nameFault({ pointer, detail }: FieldFault): string {
  const path = pointer.slice(1).replaceAll('/', '.') || 'the body';
  const name = path.slice(path.lastIndexOf('.') + 1);
  const rule = detail.startsWith(`${name} `) ? detail.slice(name.length + 1) : detail;
  return /^(must|is) /.test(rule) ? `${path} ${rule}` : `${path}: ${rule}`;
}

function missingIn(given: URLSearchParams, { errors = [] }: Problem): string | undefined {
  const names = errors.map(({ pointer }) => pointer.split('/', 2)[1] ?? '');
  return names.find((name) => name !== '' && !given.has(name));
}
