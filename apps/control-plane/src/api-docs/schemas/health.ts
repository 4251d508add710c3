import { HEALTH_KINDS } from '@vitals/core/health';
import { AnyMembers } from '../schema/maps.js';
import { type Component, flag, listOf, ref, text, time, whole } from '../schema/schema.js';

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

/** One check in the format `vitals`: at the level of detail `names` no more than name and status. */
export const VitalsCheckResult: Component<object> = {
  name: 'VitalsCheckResult',
  schema: {
    type: 'object',
    description: 'A check, what it found, and how.',
    required: ['name', 'status'],
    properties: {
      name: text('Its name.'),
      status: text('What it found.', { enum: ['UP', 'DEGRADED', 'DOWN'] }),
      id: text('Its identity.'),
      kinds: listOf({ type: 'string', enum: HEALTH_KINDS }, 'What it is asked for.'),
      critical: flag('The whole is DOWN with it.'),
      reason: text('Why it is not UP.'),
      data: { ...ref(AnyMembers), description: 'What it says besides.' },
      durationMs: { type: 'number', description: 'How long it ran, in milliseconds.' },
      checkedAt: time('When it ended.'),
      ageMs: whole('How old the result is, in milliseconds.'),
    },
    additionalProperties: true,
  },
};

/** What `?format=vitals` is. */
export const VitalsReport: Component<object> = {
  name: 'VitalsReport',
  schema: {
    type: 'object',
    description: 'Health in the format `vitals`.',
    required: ['status', 'checks'],
    properties: {
      status: text('The whole.', { enum: ['UP', 'DEGRADED', 'DOWN'] }),
      checks: listOf(ref(VitalsCheckResult), 'Every check that was asked for.'),
    },
    additionalProperties: true,
  },
};

/** A component as Dapr shows it. */
export const HealthComponent: Component<object> = {
  name: 'HealthComponent',
  schema: {
    type: 'object',
    description: 'A component and how it is.',
    required: ['name', 'type', 'status', 'critical'],
    properties: {
      name: text('Its name.'),
      type: text('What it is.'),
      status: text('How it is.', { enum: ['OK', 'NOT_OK', 'UNDEFINED'] }),
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
