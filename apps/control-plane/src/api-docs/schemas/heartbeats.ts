import type { InfoController } from '../../heartbeats/info.controller.js';
import { BATCH_SCHEMA, BEAT_SCHEMA, HEARTBEAT_SCHEMA } from '../../heartbeats/heartbeat.schema.js';
import type { Problem } from '../../http/problem.js';
import { Amounts } from '../schema/amounts.js';
import { ProblemBody } from './problem.js';
import {
  type Component,
  component,
  listOf,
  orNull,
  ref,
  type Schema,
  text,
  time,
  whole,
} from '../schema/schema.js';
import { NAME } from '../schema/values.js';

const { properties } = BEAT_SCHEMA;

/** The schema by which beats are checked, with words. */
export const Heartbeat: Component<object> = {
  name: 'Heartbeat',
  schema: {
    ...BEAT_SCHEMA,
    description: 'A heartbeat. Members that are not listed are ignored.',
    properties: {
      timestamp: {
        ...properties.timestamp,
        format: 'date-time',
        description:
          "RFC 3339, by the provider's clock. It orders the contents of heartbeats; liveness does not depend on it.",
      },
      phase: { ...properties.phase, description: 'Any other word is refused.' },
      resources: { ...ref(Amounts), description: 'Capacity that has changed.' },
      capabilities: { ...properties.capabilities, description: 'In place of those known before.' },
      generation: {
        ...properties.generation,
        description: 'As answered at registration; a heartbeat of a generation that was replaced is refused.',
      },
    },
    examples: [{ timestamp: '2026-01-31T10:00:00Z', phase: 'Ready' }],
  },
};

/** One item of a batch. */
export const NamedHeartbeat: Component<object> = {
  name: 'NamedHeartbeat',
  schema: {
    type: 'object',
    description: 'A heartbeat of the provider that is named. Members that are not listed are ignored.',
    required: ['name', ...BEAT_SCHEMA.required],
    properties: { name: NAME, ...(Heartbeat.schema['properties'] as object) },
  },
};

/** What a beat is answered, and nothing else. */
export const NextInterval: Component<object> = {
  name: 'NextInterval',
  schema: {
    ...HEARTBEAT_SCHEMA.response[200],
    description: 'When to send the next heartbeat, counted from sending.',
  },
};

/** The frame by which batches are checked, with the beats in it. */
export const HeartbeatBatch: Component<object> = {
  name: 'HeartbeatBatch',
  schema: {
    ...BATCH_SCHEMA,
    description: 'The heartbeats of many providers.',
    properties: {
      items: {
        ...BATCH_SCHEMA.properties.items,
        items: ref(NamedHeartbeat),
      },
    },
    examples: [{ items: [{ name: 'p1', timestamp: '2026-01-31T10:00:00Z', phase: 'Ready' }] }],
  },
};

const INTERVAL: Schema = HEARTBEAT_SCHEMA.response[200].properties.next_interval_seconds;

/** One item of a batch that was taken, or that was refused alone. */
export const BatchResult = component<{
  readonly name: string | null;
  readonly status: number;
  readonly next_interval_seconds?: number;
  readonly directive?: 'drain';
  readonly problem?: Problem;
}>(
  'BatchResult',
  'The result of one heartbeat of a batch.',
  {
    name: orNull(text('As it was sent; null if the item had none.')),
    status: whole('The status of the answer if the heartbeat had been sent alone.', {
      minimum: 200,
      maximum: 599,
    }),
  },
  {
    next_interval_seconds: { ...INTERVAL, description: 'If it was accepted.' },
    directive: text('If the provider was asked to drain.', { enum: ['drain'] }),
    problem: { ...ref(ProblemBody), description: 'If it was refused.' },
  },
);

/** Results in the order of the items. */
export const BatchResults = component<{ readonly results: readonly object[] }>(
  'BatchResults',
  'One result for each item, in their order.',
  { results: listOf(ref(BatchResult)) },
  {},
);

/** What an update is answered. */
export const InfoUpdated = component<Awaited<ReturnType<InfoController['update']>>>(
  'InfoUpdated',
  'An update that was accepted.',
  { last_synced_at: time('When it was accepted.') },
  {},
);
