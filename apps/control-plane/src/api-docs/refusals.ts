import type { ErrorCode } from '@vitals/core/errors';
import {
  isLightPath,
  LightStatusBody,
  lightNameOf,
  lightStatusOf,
  QUERY_MISSING,
  sendsBody,
} from '../http/light.error.js';
import { PROBLEM_TYPE, ProblemBody, STATUS_BY_CODE } from '../http/problem-details.js';
import type { Routed } from '../http/routes.js';
import * as s from '../http/schema.js';

/** What every call but health may be refused: for its token, for whom it says it is, and for its query. */
export const GUARDED: readonly ErrorCode[] = [
  'unauthenticated',
  'forbidden',
  'host-not-allowed',
  'origin-not-allowed',
  'rate-limited',
  'query-invalid',
];

/** What everybody may be refused who sends a body. */
export const WITH_BODY: readonly ErrorCode[] = [
  'request-malformed',
  'media-type-unsupported',
  'body-too-large',
  'request-invalid',
];

const RETRY_AFTER = {
  'retry-after': { schema: { type: 'integer', minimum: 1 }, description: 'Seconds to wait.' },
};
const HEADERS: Readonly<Record<number, s.Schema>> = {
  401: { 'www-authenticate': { schema: { type: 'string' }, description: 'Always `Bearer realm="vitals"`.' } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** Answers by their status. */
export type Answers = Readonly<Record<number, s.Schema>>;

type Refusal = readonly [status: number, code: string];

/**
 * The answers that refuse, one for each status, with the codes that it may have; a call of the registry refuses as
 * light-4j does.
 * @param hasLongParts whether the path has a parameter, which may be refused for its length or its characters
 */
export function refusalAnswers(
  codes: readonly ErrorCode[],
  { path, method }: Pick<Routed, 'path' | 'method'>,
  hasLongParts = false,
): Answers {
  const own = codes.map((code): Refusal => [STATUS_BY_CODE[code], code]);
  if (hasLongParts) own.push([400, 'request-malformed'], [414, 'uri-too-long'], [422, 'request-invalid']);
  if (isLightPath(path)) {
    const named = own.flatMap((refusal) => lightRefusals(refusal, method));
    return answersOf(named, { 'application/json': { schema: s.ref(LightStatusBody) } });
  }
  const [type = ''] = PROBLEM_TYPE.split(';', 1);
  return answersOf(own, { [type]: { schema: s.ref(ProblemBody) } });
}

function lightRefusals([status, code]: Refusal, method: string): Refusal[] {
  const answered = lightStatusOf(status);
  const own: Refusal = [answered, lightNameOf({ status, code }, method)[0]];
  const isOfQuery = code === 'request-invalid' && !sendsBody(method);
  return isOfQuery ? [[answered, QUERY_MISSING[0]], own] : [own];
}

function answersOf(refusals: readonly Refusal[], content: s.Schema): Answers {
  const byStatus = new Map<number, Set<string>>();
  for (const [status, code] of refusals) byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  const answers = [...byStatus].map(([status, codes]) => {
    const description = [...codes].map((code) => `\`${code}\``).join(', ');
    return [status, { description, headers: HEADERS[status], content }];
  });
  return Object.fromEntries(answers) as Answers;
}
