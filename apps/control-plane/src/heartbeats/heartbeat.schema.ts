import { PHASES } from '../providers/provider.js';

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
