import type { PartitionTaken } from '@vitals/core/cluster';
import { changeKind } from '../database/change.js';
import { integer, table, text } from '../database/table.js';

/** One row: which cluster the database is of, and where its log is; missing before the first start. */
export const CLUSTER = table('cluster', {
  id: integer().key(),
  clusterId: text(),
  log: text().optional(),
});

/** Who took each partition last; without a row nobody did. */
export const PARTITIONS = table('partitions', {
  partition: integer().key(),
  epoch: integer(),
  instance: text(),
});

/** An instance took a partition: from here on only its decisions count there. */
export const partitionTaken = changeKind<PartitionTaken>('partition-taken', {
  write: (transaction, taken) => transaction.put(PARTITIONS, [taken]),
  keys: ({ partition }) => [partition],
});
