import type { BodyCondition, HttpTarget } from '@vitals/core/probe';
import { failure, type Finding, success } from '../finding.js';
import { type HttpAnswer, MOST_READ } from './http-exchange.js';
import { memberAt } from './json-pointer.js';

/** Whether a status code is one of those that are healthy; 200 if the target names none. */
export function isExpected(statusCode: number, { expectedCodes }: HttpTarget): boolean {
  if (expectedCodes.length === 0) return statusCode === 200;
  return expectedCodes.some(({ first, last }) => statusCode >= first && statusCode <= last);
}

/** What an answer says of the health of a target. */
export function judgeAnswer(answer: HttpAnswer, target: HttpTarget): Finding {
  const { statusCode } = answer;
  if (!isExpected(statusCode, target)) return unexpectedCode(statusCode, target);
  const fault = target.expectedBody && faultOf(answer, target.expectedBody);
  return fault === undefined
    ? success(`answered ${statusCode}`)
    : failure(`answered ${statusCode}, but ${fault}`);
}

/** An answer whose code is not a healthy one, whatever its body. */
export function unexpectedCode(statusCode: number, { expectedCodes }: HttpTarget): Finding {
  const ranges = expectedCodes.map(({ first, last }) =>
    first === last ? `${first}` : `${first} to ${last}`,
  );
  const redirect = statusCode >= 300 && statusCode < 400 ? ' (redirects are not followed)' : '';
  return failure(`answered ${statusCode}${redirect}, expected ${ranges.join(' or ') || '200'}`);
}

function faultOf({ body, isCut }: HttpAnswer, condition: BodyCondition): string | undefined {
  const text = body.toString();
  const where = isCut ? `the first ${MOST_READ} bytes of the body` : 'the body';
  switch (condition.kind) {
    case 'contains':
      return text.includes(condition.text) ? undefined : `${where} lack${isCut ? '' : 's'} the expected text`;
    case 'lacks':
      return text.includes(condition.text) ? 'the body has the text that it must not have' : undefined;
    case 'json':
      if (isCut) return `the body is longer than ${MOST_READ} bytes, too long to be read as JSON`;
      return faultOfJson(text, condition.pointer, condition.value);
    default:
      return condition satisfies never;
  }
}

function faultOfJson(text: string, pointer: string, expected: unknown): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'the body is no JSON';
  }
  const member = memberAt(document, pointer);
  if (member === expected) return undefined;
  if (member === undefined) return `the body has no member ${JSON.stringify(pointer)}`;
  return `${JSON.stringify(pointer)} of the body is ${JSON.stringify(member).slice(0, 64)}, expected ${JSON.stringify(expected)}`;
}
