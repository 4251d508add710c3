import type { FieldFault } from '@vitals/core/errors';
import { PROBLEM_CODES, type Problem } from '../../http/problem.js';
import { component, listOf, ref, text, whole } from '../schema/schema.js';
import { EXCLUDED } from '../schema/values.js';

/** `FieldFault`. */
export const Fault = component<FieldFault>(
  'FieldFault',
  'A field that is wrong.',
  {
    pointer: text('The field, as a JSON Pointer (RFC 6901); a parameter is `/` and its name.'),
    detail: text('What is wrong with it.'),
  },
  {},
);

/** `Problem`. */
export const ProblemBody = component<Problem & { readonly excluded?: object }>(
  'Problem',
  'An error, as RFC 9457 has it.',
  {
    type: text('`urn:vitals:problem:` and the code.', { format: 'uri' }),
    title: text('What kind of problem it is.'),
    status: whole('The status of the answer.', { minimum: 400, maximum: 599 }),
    detail: text('What is wrong here, and what to do about it.'),
    code: text('For programs.', { enum: PROBLEM_CODES }),
  },
  {
    errors: listOf(ref(Fault), 'The fields that are wrong, the first 20 of them.'),
    excluded: { ...EXCLUDED, description: `Of \`no-candidate\`: ${String(EXCLUDED['description'])}` },
  },
);

/** What the library answers that serves health: a problem without a code. */
export const HealthProblem = component<Omit<Problem, 'code' | 'errors'>>(
  'HealthProblem',
  'An error of a health endpoint, as RFC 9457 has it.',
  {
    type: text('Always `about:blank`: the title says it all.'),
    title: text('The reason phrase of the status.'),
    status: whole('The status of the answer.', { minimum: 400, maximum: 599 }),
    detail: text('What is wrong here.'),
  },
  {},
);
