import type { FastifySchema } from 'fastify';
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

/** Labels of what a provider can do. */
export const CAPABILITIES_SCHEMA = {
  type: 'array',
  maxItems: 1_000,
  items: { type: 'string', minLength: 1, maxLength: 253 },
} as const;

/** The largest body of a heartbeat, in bytes. */
export const HEARTBEAT_BODY_LIMIT = 16 * 1024;

/** What is checked before a beat is taken, compiled once. The timestamp is checked when it is read. */
export const HEARTBEAT_SCHEMA: FastifySchema = {
  body: {
    type: 'object',
    required: ['timestamp', 'phase'],
    properties: {
      timestamp: { type: 'string', maxLength: 64 },
      phase: { type: 'string', enum: PHASES },
      resources: { type: 'object' },
      capabilities: CAPABILITIES_SCHEMA,
      generation: { type: 'integer', minimum: 0 },
    },
  },
  response: {
    200: {
      type: 'object',
      required: ['next_interval_seconds'],
      properties: { next_interval_seconds: { type: 'integer' } },
    },
  },
};
