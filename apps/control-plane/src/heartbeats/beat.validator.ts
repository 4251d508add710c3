import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { Ajv, type ErrorObject } from 'ajv';
import { MAX_FAULTS } from '../http/problem.js';
import { ruleWords } from '../http/rule-words.js';
import { BATCH_SCHEMA, BEAT_SCHEMA, type Heartbeat, type HeartbeatBatch } from './heartbeat.schema.js';

/** Types are not coerced: `"phase": 1` is wrong, and said to be. */
const ajv = new Ajv({
  coerceTypes: false,
  removeAdditional: false,
  allErrors: true,
  formats: { 'date-time': true },
});
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
