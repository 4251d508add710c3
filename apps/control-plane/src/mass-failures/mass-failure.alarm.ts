import { scopeOf } from '@vitals/core/mass-failure';
import type { StoredMassFailure } from './mass-failure.rows.js';

/**
 * What is told of a mass failure: once that it began, and once either that it ended (`by` itself, by time, or with
 * that of a zone) or that an operator acknowledged it, which ends it too. The same `id` in both; `gone` members are
 * away at that time, `of` those that there are; it began at `sinceMs`, in epoch milliseconds.
 */
export type MassFailureAlarm = ReturnType<typeof alarmOf>;

/** What is told of one that began or ended. */
export function alarmOf({
  key,
  kind: subjects,
  zone,
  gone,
  of,
  beganAtMs: sinceMs,
  endedBy: by,
}: StoredMassFailure) {
  const ending = by === 'acknowledgement' ? 'acknowledged' : 'ended';
  const kind = by ? ending : 'began';
  return { id: String(key), subjects, scope: scopeOf(zone), kind, by, gone, of, sinceMs } as const;
}
