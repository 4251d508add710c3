import type { Problem } from '../http/problem.js';
import { ProblemBody } from '../http/problem.schema.js';
import {
  component,
  type Component,
  listOf,
  object,
  oneOf,
  orNull,
  ref,
  type Schema,
  text,
  whole,
} from '../http/schema.js';
import { PHASES } from '../providers/provider.js';
import { NAME } from '../providers/provider.schema.js';
import { Amounts } from '../providers/resources.js';

/** A liveness heartbeat. Field names are those of the wire; members that are not known are passed over. */
export interface Heartbeat {
  /** RFC 3339, by the provider's clock. */
  readonly timestamp: string;
  readonly phase: (typeof PHASES)[number];
  readonly resources?: Readonly<Record<string, unknown>>;
  readonly capabilities?: readonly string[];
  readonly generation?: number;
}

/** The beats of many providers, of which each is taken or refused alone. */
export interface HeartbeatBatch {
  readonly items: readonly unknown[];
}

/** The largest body of a heartbeat, in bytes. */
export const HEARTBEAT_BODY_LIMIT = 16 * 1024;
/** The largest body of a batch, in bytes. */
export const BATCH_BODY_LIMIT = 1024 * 1024;
/** The most beats of a batch. */
export const MAX_ITEMS = 1_000;

/** What is checked before a beat is taken, compiled once. The timestamp is checked when it is read. */
export const BEAT_SCHEMA = {
  type: 'object',
  required: ['timestamp', 'phase'],
  properties: {
    timestamp: { type: 'string', maxLength: 64 },
    phase: { type: 'string', enum: PHASES },
    resources: { type: 'object' },
    capabilities: {
      type: 'array',
      maxItems: 1_000,
      items: { type: 'string', minLength: 1, maxLength: 253 },
    },
    generation: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;

/** The frame of a batch. */
export const BATCH_SCHEMA = {
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', maxItems: MAX_ITEMS } },
} as const;

/** A beat and its answer, in the form in which Fastify takes schemas. */
export const HEARTBEAT_SCHEMA = {
  body: BEAT_SCHEMA,
  response: {
    200: {
      type: 'object',
      required: ['next_interval_seconds'],
      properties: { next_interval_seconds: { type: 'integer', minimum: 1 } },
    },
  },
} as const;

const { properties, required } = BEAT_SCHEMA;

/** The schema by which beats are checked, with words. */
export const HeartbeatBody = component('Heartbeat', {
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
});

const NamedHeartbeat = component('NamedHeartbeat', {
  type: 'object',
  description: 'A heartbeat of the provider that is named. Members that are not listed are ignored.',
  required: ['name', ...required],
  properties: { name: NAME, ...(HeartbeatBody.schema['properties'] as object) },
});

/** The frame by which batches are checked, with the beats in it. */
export const HeartbeatBatchBody = component('HeartbeatBatch', {
  ...BATCH_SCHEMA,
  description: 'The heartbeats of many providers.',
  properties: { items: { ...BATCH_SCHEMA.properties.items, items: ref(NamedHeartbeat) } },
  examples: [{ items: [{ name: 'p1', timestamp: '2026-01-31T10:00:00Z', phase: 'Ready' }] }],
});

/** What a beat is answered, and nothing else. */
export const NextInterval = component('NextInterval', {
  ...HEARTBEAT_SCHEMA.response[200],
  description: 'When to send the next heartbeat, counted from sending.',
});

const INTERVAL: Schema<number> = HEARTBEAT_SCHEMA.response[200].properties.next_interval_seconds;
const PROBLEM: Component<Problem> = ProblemBody;

/** One item of a batch that was taken, or that was refused alone. */
const BatchResult = object(
  'BatchResult',
  'The result of one heartbeat of a batch.',
  {
    name: orNull(text('As it was sent; null if the item had none.')),
    status: whole('The status of the answer if the heartbeat had been sent alone.', 200, 599),
  },
  {
    next_interval_seconds: { ...INTERVAL, description: 'If it was accepted.' } as Schema<number>,
    directive: oneOf(['drain'], 'If the provider was asked to drain.'),
    problem: { ...ref(PROBLEM), description: 'If it was refused.' } as Schema<Problem>,
  },
);

/** Results in the order of the items. */
export const BatchResults = object('BatchResults', 'One result for each item, in their order.', {
  results: listOf(ref(BatchResult)),
});
