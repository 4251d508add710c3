import { migration } from '../../migration.js';

/** What the instances of a cluster agree on: which cluster they are, and who owns a partition. */
export const Cluster1764500000000 = migration('Cluster1764500000000', {
  up: [
    `CREATE TABLE cluster (
      id BIGINT PRIMARY KEY CHECK (id = 1),
      cluster_id TEXT COLLATE "C" NOT NULL,
      log TEXT COLLATE "C"
    )`,
    `CREATE TABLE partitions (
      partition BIGINT PRIMARY KEY,
      epoch BIGINT NOT NULL,
      instance TEXT COLLATE "C" NOT NULL
    )`,
  ],
  down: ['DROP TABLE cluster, partitions'],
});
