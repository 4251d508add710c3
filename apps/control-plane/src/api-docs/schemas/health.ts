import { HEALTH_KINDS, type VitalsCheck, type VitalsHealth } from '@vitals/core/health';
import { AnyMembers } from '../schema/maps.js';
import {
  type Component,
  component,
  flag,
  listOf,
  ref,
  type Schema,
  text,
  time,
  whole,
} from '../schema/schema.js';

/** One check in the format of MicroProfile. */
export const HealthCheckResult: Component<object> = {
  name: 'HealthCheckResult',
  schema: {
    type: 'object',
    description: 'A check and what it found.',
    properties: {
      name: text('Its name.'),
      status: text('What it found.', { enum: ['UP', 'DOWN'] }),
      data: { ...ref(AnyMembers), description: 'What it says besides.' },
    },
    additionalProperties: true,
  },
};

/** What `application/json` is, whatever format was asked for. */
export const HealthReport: Component<object> = {
  name: 'HealthReport',
  schema: {
    type: 'object',
    description:
      'Health in the format `microprofile`, the default: both members are there. `terminus` and `mp-0003` are JSON of other members.',
    properties: {
      status: text('UP or DOWN; `terminus` has words of its own.'),
      checks: listOf(ref(HealthCheckResult), 'Every check that was asked for.'),
    },
    additionalProperties: true,
  },
};

const STATE: Schema = { type: 'string', enum: ['UP', 'DEGRADED', 'DOWN'] };

/** A check in the format `vitals`. */
export const VitalsCheckResult = component<VitalsCheck>(
  'VitalsCheckResult',
  'A check and all that is known of it. Who may see names only gets `name` and `status`.',
  { name: text('Its name.'), status: STATE },
  {
    id: text('Its identity, which distinguishes checks of one name.'),
    kinds: listOf({ type: 'string', enum: HEALTH_KINDS }),
    critical: flag('Whether its failure fails the whole; otherwise it degrades it.'),
    reason: text('Why it is not `UP`.'),
    data: { ...ref(AnyMembers), description: 'What the check reported.' },
    durationMs: { type: 'number', description: 'How long it ran, in milliseconds.' },
    checkedAt: time('When it ended.'),
    ageMs: whole('Age of the result when it was asked for; 0 if the check was run for the request.'),
  },
);

/** What `?format=vitals` is. */
export const VitalsReport = component<VitalsHealth>(
  'VitalsReport',
  'The whole and all that is known of its checks.',
  { status: STATE, checks: listOf(ref(VitalsCheckResult)) },
  {},
);

/** A component as Dapr shows it. */
export const HealthComponent: Component<object> = {
  name: 'HealthComponent',
  schema: {
    type: 'object',
    description: 'A component and its status.',
    required: ['name', 'type', 'status', 'critical'],
    properties: {
      name: text('Its name.'),
      type: text('What it is.'),
      status: text('Its status.', { enum: ['OK', 'NOT_OK', 'UNDEFINED'] }),
      critical: flag('Nothing works without it.'),
    },
    additionalProperties: true,
  },
};

/** All components. */
export const HealthComponents: Component<object> = {
  name: 'HealthComponents',
  schema: {
    type: 'object',
    description: 'All components.',
    required: ['components'],
    properties: { components: listOf(ref(HealthComponent)) },
  },
};
