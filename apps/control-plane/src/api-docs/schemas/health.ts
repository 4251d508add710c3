import {
  HEALTH_KINDS,
  type MicroProfileCheck,
  type MicroProfileHealth,
  type VitalsCheck,
  type VitalsHealth,
} from '@vitals/core/health';
import { component, flag, listOf, ref, type Schema, text, time, whole } from '../schema/schema.js';

const NAME = text('The name of the check.');
const UP_OR_DOWN: Schema = { type: 'string', enum: ['UP', 'DOWN'] };
const STATE: Schema = { type: 'string', enum: ['UP', 'DEGRADED', 'DOWN'] };

const data = (description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: { anyOf: [{ type: 'string' }, { type: 'boolean' }, { type: 'number' }] },
});

/** A check in the default format. */
export const HealthCheckReply = component<MicroProfileCheck>(
  'HealthCheck',
  'A check, as MicroProfile Health 4.0 has it.',
  { name: NAME, status: UP_OR_DOWN },
  {
    data: data(
      'What the check reported. `reason` is why it failed; `degraded` is true if it is `UP` and degraded.',
    ),
  },
);

/** The default format. */
export const HealthReply = component<MicroProfileHealth>(
  'Health',
  'The whole, as MicroProfile Health 4.0 has it.',
  { status: UP_OR_DOWN, checks: listOf(ref(HealthCheckReply)) },
  {},
);

/** A check in the format `vitals`. */
export const VitalsCheckReply = component<VitalsCheck>(
  'VitalsHealthCheck',
  'A check and all that is known of it. Who may see names only gets `name` and `status`.',
  { name: NAME, status: STATE },
  {
    id: text('Its identity, which tells checks of one name apart.'),
    kinds: listOf({ type: 'string', enum: HEALTH_KINDS }),
    critical: flag('Whether its failure fails the whole; otherwise it degrades it.'),
    reason: text('Why it is not `UP`.'),
    data: data('What the check reported.'),
    durationMs: { type: 'number', description: 'How long it took.' },
    checkedAt: time('When it ended.'),
    ageMs: whole('Age of the result when it was asked for; 0 if the check was run for the request.'),
  },
);

/** The format `vitals`. */
export const VitalsHealthReply = component<VitalsHealth>(
  'VitalsHealth',
  'The whole and all that is known of its checks.',
  { status: STATE, checks: listOf(ref(VitalsCheckReply)) },
  {},
);
