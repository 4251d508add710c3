import type { ErrorCode } from '@vitals/core/errors';
import { lightNameOf, lightStatusOf, QUERY_MISSING, sendsBody } from '../../http/light.error.js';
import { PROBLEM_TYPE, statusOfCode } from '../../http/problem.js';
import { ProblemBody } from '../schemas/problem.js';
import { LightStatus } from '../schemas/services.js';
import { ref, type Schema } from '../schema/schema.js';

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

/** What everybody may be refused who sends a body that nobody reads. */
export const WITHOUT_BODY: readonly ErrorCode[] = ['body-too-large'];

/** What everybody may be refused whose answer is long, while too many of them are being read. */
export const TOO_MANY_ANSWERS: readonly ErrorCode[] = ['overloaded'];

const HEADERS: Readonly<Record<number, Schema>> = {
  401: { 'www-authenticate': { schema: { type: 'string' }, description: 'Always `Bearer realm="vitals"`.' } },
  429: { 'retry-after': { schema: { type: 'integer', minimum: 1 }, description: 'Seconds to wait.' } },
  503: { 'retry-after': { schema: { type: 'integer', minimum: 1 }, description: 'Seconds to wait.' } },
};

/** What is refused before any handler sees it, for a part of the path that is too long. */
const URI_TOO_LONG = 'uri-too-long';

/**
 * The answers that refuse, one for each status, with the codes that it may have.
 * @param hasLongParts whether the path has a parameter that the router may refuse for its length
 */
export function refusalAnswers(
  codes: readonly ErrorCode[],
  hasLongParts = false,
): Readonly<Record<number, Schema>> {
  const codesByStatus = new Map<number, Set<string>>();
  const add = (status: number, code: string): unknown =>
    codesByStatus.set(status, (codesByStatus.get(status) ?? new Set()).add(code));
  for (const code of codes) add(statusOfCode(code), code);
  if (hasLongParts) {
    add(400, 'request-malformed');
    add(414, URI_TOO_LONG);
  }
  return answersOf(codesByStatus, {
    [PROBLEM_TYPE.split(';', 1)[0] as string]: { schema: ref(ProblemBody) },
  });
}

/** The same for a call of the registry, which refuses as light-4j does. */
export function lightRefusalAnswers(
  codes: readonly ErrorCode[],
  method: string,
  hasLongParts = false,
): Readonly<Record<number, Schema>> {
  const named = new Map<number, Set<string>>();
  const add = (status: number, code: string): void => {
    const answered = lightStatusOf(status);
    const known = named.get(answered) ?? new Set();
    if (code === 'request-invalid' && !sendsBody(method)) known.add(QUERY_MISSING[0]);
    named.set(answered, known.add(lightNameOf({ status, code }, method)[0]));
  };
  for (const code of codes) add(statusOfCode(code), code);
  if (hasLongParts) {
    add(400, 'request-malformed');
    add(414, URI_TOO_LONG);
  }
  return answersOf(named, { 'application/json': { schema: ref(LightStatus) } });
}

function answersOf(
  codesByStatus: ReadonlyMap<number, ReadonlySet<string>>,
  content: Schema,
): Readonly<Record<number, Schema>> {
  const answers = [...codesByStatus].map(([status, known]) => [
    status,
    {
      description: [...known].map((code) => `\`${code}\``).join(', '),
      ...(HEADERS[status] && { headers: HEADERS[status] }),
      content,
    },
  ]);
  return Object.fromEntries(answers) as Record<number, Schema>;
}
