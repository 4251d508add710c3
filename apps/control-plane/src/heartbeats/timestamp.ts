import { tryParseTimestamp } from '@vitals/core/time';
import { invalid } from '../http/validation.js';

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
