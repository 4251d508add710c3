import type { FieldFault } from '@vitals/core/errors';
import { LIGHT_CODES, type LightStatus } from './light.error.js';
import { PROBLEM_CODES, type Problem } from './problem-details.js';
import * as s from './schema.js';

const WHY = 'Why providers were left out, and how many of them.';

const Excluded = s.component<Readonly<Record<string, number>>>('Excluded', {
  type: 'object',
  description: WHY,
  additionalProperties: { type: 'integer', minimum: 1 },
});

/** How many providers were left out, by why. */
export const EXCLUDED = { ...s.ref(Excluded), description: WHY };

const Fault: s.Component<FieldFault> = s.object('FieldFault', 'A field that is wrong.', {
  pointer: s.text('The field, as a JSON Pointer (RFC 6901); a parameter is `/` and its name.'),
  detail: s.text('What is wrong with it.'),
});

/** `Problem`. */
export const ProblemBody: s.Component<Problem & { readonly excluded?: object }> = s.object(
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
    excluded: { ...EXCLUDED, description: `Of \`no-candidate\`: ${WHY}` },
  },
);

/** `LightStatus`. */
export const LightStatusBody: s.Component<LightStatus> = s.object(
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
