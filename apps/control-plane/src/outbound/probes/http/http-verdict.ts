import { type Content, contentOf, DEFAULT_MAX_BODY_BYTES } from '@vitals/core/content';
import type { BodyCondition, HttpTarget } from '@vitals/core/check';
import { failure, type Finding, success } from '../finding.js';
import type { HttpAnswer } from './http-exchange.js';

/** Whether a status code is one of those that are healthy; 200 if the target names none. */
export function isExpected(statusCode: number, { expectedCodes }: HttpTarget): boolean {
  if (expectedCodes.length === 0) return statusCode === 200;
  return expectedCodes.some(({ first, last }) => statusCode >= first && statusCode <= last);
}

/** How many bytes of the content of an answer decide about a target; 0 where its code says all. */
export function maxBodyBytesOf(statusCode: number, target: HttpTarget): number {
  if (!target.expectedBody || !isExpected(statusCode, target)) return 0;
  return target.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
}

/** What an answer says of the health of a target. */
export async function judgeAnswer({ statusCode, body }: HttpAnswer, target: HttpTarget): Promise<Finding> {
  if (!isExpected(statusCode, target)) return unexpectedCode(statusCode, target);
  const { expectedBody } = target;
  if (!expectedBody || !body) return success(`answered ${statusCode}`);
  const content = await contentOf(body, maxBodyBytesOf(statusCode, target));
  const fault = 'fault' in content ? `the body ${content.fault}` : faultOf(content, expectedBody);
  return fault === undefined
    ? success(`answered ${statusCode}`)
    : failure(`answered ${statusCode}, but ${fault}`);
}

function unexpectedCode(statusCode: number, { expectedCodes }: HttpTarget): Finding {
  const ranges = expectedCodes.map(({ first, last }) =>
    first === last ? `${first}` : `${first} to ${last}`,
  );
  const redirect = statusCode >= 300 && statusCode < 400 ? ' (redirects are not followed)' : '';
  return failure(`answered ${statusCode}${redirect}, expected ${ranges.join(' or ') || '200'}`);
}

function faultOf(content: Content, condition: BodyCondition): string | undefined {
  switch (condition.kind) {
    case 'contains':
      return content.contains(condition.text);
    case 'lacks':
      return content.lacks(condition.text);
    case 'json':
      return content.hasMember(condition.pointer, condition.value);
    default:
      return condition satisfies never;
  }
}
