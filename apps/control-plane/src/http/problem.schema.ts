import type { FieldFault } from '@vitals/core/errors';
import { LIGHT_CODES, type LightStatus } from './light.error.js';
import { PROBLEM_CODES, type Problem } from './problem.js';
import { component, type Component, enumeration, listOf, object, oneOf, ref, text, whole } from './schema.js';

const WHY = 'Why providers were left out, and how many of them.';

const Excluded = component<Readonly<Record<string, number>>>('Excluded', {
  type: 'object',
  description: WHY,
  additionalProperties: { type: 'integer', minimum: 1 },
});

/** How many providers were left out, by why. */
export const EXCLUDED = { ...ref(Excluded), description: WHY };

const Fault: Component<FieldFault> = object('FieldFault', 'A field that is wrong.', {
  pointer: text('The field, as a JSON Pointer (RFC 6901); a parameter is `/` and its name.'),
  detail: text('What is wrong with it.'),
});

/** `Problem`. */
export const ProblemBody: Component<Problem & { readonly excluded?: object }> = object(
  'Problem',
  'An error, as RFC 9457 has it.',
  {
    type: text('`urn:vitals:problem:` and the code.', { format: 'uri' }),
    title: text('What kind of problem it is.'),
    status: whole('The status of the answer.', 400, 599),
    detail: text('What is wrong here, and what to do about it.'),
    code: oneOf(enumeration('ProblemCode', PROBLEM_CODES), 'For programs.'),
  },
  {
    errors: listOf(ref(Fault), 'The fields that are wrong, the first 20 of them.'),
    excluded: { ...EXCLUDED, description: `Of \`no-candidate\`: ${WHY}` },
  },
);

/** `LightStatus`. */
export const LightStatusBody: Component<LightStatus> = object(
  'LightStatus',
  'What became of a request, success or error, as light-4j says it.',
  {
    statusCode: whole('The status of the answer.', 100, 599),
    code: oneOf(enumeration('LightCode', LIGHT_CODES), "For programs: a code of light-4j's status.yml."),
    message: text('The name of the code.'),
    description: text('What is wrong here, and what to do about it.'),
    severity: oneOf(enumeration('Severity', ['NA', 'ERROR']), 'ERROR for an error.'),
  },
);
