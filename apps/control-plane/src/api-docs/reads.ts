import { CONSISTENT } from '../http/query.js';
import { LAG_HEADER } from '../http/reads.js';
import type { Schema } from '../http/schema.js';

const PARAMETER = 'Consistent';
const HEADER = 'LagMilliseconds';

/** What all reads take, for `components.parameters`. */
export const READ_PARAMETERS: Readonly<Record<string, Schema>> = {
  [PARAMETER]: {
    name: CONSISTENT,
    in: 'query',
    required: false,
    description:
      'Whether everything is shown that was committed before the call, by whichever control plane. Without it, one of several control planes answers from memory, whose age it tells; one that stands alone has nothing to wait for.',
    schema: { type: 'boolean' },
  },
};

/** What all answers to reads carry, for `components.headers`. */
export const READ_HEADERS: Readonly<Record<string, Schema>> = {
  [HEADER]: {
    description:
      'How old the memory may be from which it was answered, in milliseconds. Left out by a control plane that stands alone.',
    schema: { type: 'integer', format: 'int64', minimum: 0 },
  },
};

/** The parameter that every read takes. */
export const CONSISTENTLY: Schema = { $ref: `#/components/parameters/${PARAMETER}` };

/** The same answers, which tell the age of what was read. */
export function withAge(answers: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> {
  const told = Object.entries(answers).map(([status, answer]) => {
    const headers = {
      ...(answer['headers'] as Schema),
      [LAG_HEADER]: { $ref: `#/components/headers/${HEADER}` },
    };
    return [status, { ...answer, headers }];
  });
  return Object.fromEntries(told) as Readonly<Record<string, Schema>>;
}
