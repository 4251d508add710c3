import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { tryParseTimestamp } from '@vitals/core/time';
import { Ajv, type ErrorObject } from 'ajv';
import { MAX_FAULTS, type Problem, ProblemBody } from '../http/problem-details.js';
import { invalid, ruleWords } from '../http/validation.js';
import { PHASES } from '../providers/provider.js';
import { Amounts, NAME } from '../providers/provider.schema.js';
import * as s from '../http/schema.js';

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

/** What is checked before a beat is taken, compiled once, and its words. The timestamp is checked when it is read. */
export const BEAT_SCHEMA = {
  type: 'object',
  required: ['timestamp', 'phase'],
  properties: {
    timestamp: {
      type: 'string',
      maxLength: 64,
      format: 'date-time',
      description:
        "RFC 3339, by the provider's clock. It orders the contents of heartbeats; liveness does not depend on it.",
    },
    phase: { type: 'string', enum: PHASES, description: 'Any other word is refused.' },
    resources: { type: 'object' },
    capabilities: {
      type: 'array',
      maxItems: 1_000,
      items: { type: 'string', minLength: 1, maxLength: 253 },
      description: 'In place of those known before.',
    },
    generation: {
      type: 'integer',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'As answered at registration; a heartbeat of a generation that was replaced is refused.',
    },
  },
} as const;

/** The frame of a batch. */
const BATCH_SCHEMA = {
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', maxItems: MAX_ITEMS } },
} as const;

/** Types are not coerced: `"phase": 1` is wrong, and said to be. */
const ajv = new Ajv({ coerceTypes: false, allErrors: true, formats: { 'date-time': true } });
const isBeat = ajv.compile<Heartbeat>(BEAT_SCHEMA);
const isBatch = ajv.compile<HeartbeatBatch>(BATCH_SCHEMA);

/** Checks a beat against its schema. @throws VitalsError `request-invalid`, naming every field that is wrong */
export function assertBeat(body: unknown): asserts body is Heartbeat {
  if (!isBeat(body)) throw refused(isBeat.errors ?? []);
}

/** Checks the frame of a batch; its items are checked one by one. @throws VitalsError `request-invalid` */
export function assertBatch(body: unknown): asserts body is HeartbeatBatch {
  if (!isBatch(body)) throw refused(isBatch.errors ?? []);
}

function refused(errors: readonly ErrorObject[]): VitalsError {
  const faults = errors.slice(0, MAX_FAULTS).map(faultOf);
  const text = faults.map(({ pointer, detail }) => `${pointer || 'the body'}: ${detail}`).join('; ');
  return new VitalsError('request-invalid', text, { faults });
}

function faultOf({ instancePath, message, params }: ErrorObject): FieldFault {
  const missing = (params as { missingProperty?: string }).missingProperty;
  const allowed = (params as { allowedValues?: readonly string[] }).allowedValues;
  if (missing !== undefined) return { pointer: `${instancePath}/${missing}`, detail: 'is required' };
  return {
    pointer: instancePath,
    detail: allowed ? `must be one of ${allowed.join(', ')}` : ruleWords(message ?? 'is not valid'),
  };
}

/** The text that was read last: the beats of one batch often carry one time. */
let lastText = '';
let lastMs = 0;

/**
 * Reads the member `timestamp` of a heartbeat or an update.
 * @returns epoch milliseconds
 * @throws VitalsError `request-invalid`
 */
export function readTimestamp(text: string): number {
  if (text === lastText) return lastMs;
  const epochMs = tryParseTimestamp(text);
  if (epochMs === undefined) {
    throw invalid([
      { pointer: '/timestamp', detail: 'must be an RFC 3339 timestamp such as "2026-01-31T10:00:00Z"' },
    ]);
  }
  lastText = text;
  lastMs = epochMs;
  return epochMs;
}

/** The schema by which beats are checked, and what is read later. */
export const HeartbeatBody = s.component('Heartbeat', {
  ...BEAT_SCHEMA,
  description: 'A heartbeat. Members that are not listed are ignored.',
  properties: {
    ...BEAT_SCHEMA.properties,
    resources: { ...s.ref(Amounts), description: 'Capacity that has changed.' },
  },
  examples: [{ timestamp: '2026-01-31T10:00:00Z', phase: 'Ready' }],
});

const NamedHeartbeat = s.component('NamedHeartbeat', {
  type: 'object',
  description: 'A heartbeat of the provider that is named. Members that are not listed are ignored.',
  required: ['name', ...BEAT_SCHEMA.required],
  properties: { name: NAME, ...(HeartbeatBody.schema['properties'] as object) },
});

/** The frame by which batches are checked, with the beats in it. */
export const HeartbeatBatchBody = s.component('HeartbeatBatch', {
  ...BATCH_SCHEMA,
  description: 'The heartbeats of many providers.',
  properties: { items: { ...BATCH_SCHEMA.properties.items, items: s.ref(NamedHeartbeat) } },
  examples: [{ items: [{ name: 'p1', timestamp: '2026-01-31T10:00:00Z', phase: 'Ready' }] }],
});

const INTERVAL: s.Schema<number> = { type: 'integer', minimum: 1 };

/** What a beat is answered, and nothing else. */
export const NextInterval = s.component('NextInterval', {
  type: 'object',
  required: ['next_interval_seconds'],
  properties: { next_interval_seconds: INTERVAL },
  description: 'When to send the next heartbeat, counted from sending.',
});

/** One item of a batch that was taken, or that was refused alone. */
const BatchResult = s.object(
  'BatchResult',
  'The result of one heartbeat of a batch.',
  {
    name: s.orNull(s.text('As it was sent; null if the item had none.')),
    status: s.whole('The status of the answer if the heartbeat had been sent alone.', 200, 599),
  },
  {
    next_interval_seconds: { ...INTERVAL, description: 'If it was accepted.' },
    directive: s.oneOf(['drain'], 'If the provider was asked to drain.'),
    problem: { ...s.ref<Problem>(ProblemBody), description: 'If it was refused.' },
  },
);

/** Results in the order of the items. */
export const BatchResults = s.object('BatchResults', 'One result for each item, in their order.', {
  results: s.listOf(s.ref(BatchResult)),
});
