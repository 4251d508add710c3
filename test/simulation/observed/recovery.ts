import type { IntervalPolicy } from '@vitals/core/lease';
import type { Process } from './process.js';
import { ProviderRecord } from './record.js';
import type { Row } from './store.js';

/** What a process that begins knows of the lives before it: everything that is durable, and nothing else. */
export function recover(
  { plane, table, clock }: Process,
  policy: IntervalPolicy,
): [number, ProviderRecord][] {
  const { store, variant, scenario } = plane;
  const nowMs = clock.wallMs();
  const indexes = [...store.rows.keys()];
  const rows = [...store.rows.values()];
  const leases = variant.recover(
    table,
    rows.map(({ availability, advertisedMs, changedAtMs, heardAtMs }, at) => ({
      name: `p${indexes[at]}`,
      state: availability,
      advertisedMs,
      changedMsAgo: changedAtMs.map((atMs) => nowMs - atMs),
      heardMsAgo: heardAtMs === undefined ? 0 : nowMs - heardAtMs,
    })),
  );
  const longestMs = policy.longestMs(leases.length);
  return leases.map((lease, at) => {
    const row = rows[at] as Row;
    const index = indexes[at] as number;
    const advertisedMs = Math.max(row.advertisedMs, longestMs);
    const record = new ProviderRecord(index, lease, { ...row }, advertisedMs, scenario.intervals);
    const awayMs = row.heardAtMs === undefined ? Number.POSITIVE_INFINITY : nowMs - row.heardAtMs;
    record.trusted = lease.state === 'Available' && awayMs < table.view(lease).detectionBoundMs;
    record.rule.renew(0);
    return [index, record];
  });
}
