import type { LeaseTable } from '@vitals/core/lease';
import type { ProviderRecord } from '../observed/record.js';

/** For how long a provider has been placeable past its deadline, in milliseconds; 0 if it is not. */
export function placeableTooLateMs(table: LeaseTable, record: ProviderRecord, runningMs: number): number {
  const lateMs = runningMs - record.rule.deadlineMs;
  if (lateMs <= 0) return 0;
  const availability = table.availability(record.lease);
  const isTrusted = availability === 'Unknown' && record.trusted;
  return availability === 'Available' || availability === 'Suspect' || isTrusted ? lateMs : 0;
}
