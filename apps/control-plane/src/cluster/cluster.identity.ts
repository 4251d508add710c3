import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { VitalsError } from '@vitals/core/errors';
import type { Database } from '../database/database.js';
import type { ClusterLog } from './cluster-log.js';
import { CLUSTER } from './cluster.rows.js';

/** Who this process is among the instances of a cluster; another one after each start. */
export class Instance {
  readonly id = `${hostname().slice(0, 63)}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/**
 * Ties the database and the log to each other, so that neither serves two clusters.
 * @returns the id of the cluster
 * @throws VitalsError `settings-invalid` if one of them belongs to another cluster; `store-unavailable`
 */
export async function joinCluster(database: Database, log: ClusterLog): Promise<string> {
  const { place } = log;
  const { clusterId, log: known } = await database.transaction(async (transaction) => {
    const row = { id: 1, clusterId: randomUUID(), log: undefined };
    await transaction.insert(CLUSTER, [row], { ifMissing: true });
    const [stored] = await transaction.select(CLUSTER);
    return stored ?? row;
  });
  if (known !== undefined && known !== place) throw otherLog(known, place);
  await log.claim(clusterId);
  if (known === undefined)
    await database.transaction((transaction) =>
      transaction.update(CLUSTER, { log: place }, { id: 1, clusterId }),
    );
  return clusterId;
}

function otherLog(known: string, place: string): VitalsError {
  const detail = `the database belongs to a cluster whose topics are ${known}, and not ${place}; name the database of this cluster, or those topics with KAFKA_BROKERS and VITALS_TOPIC_PREFIX. If they are gone for good: stop all instances, and run UPDATE cluster SET log = NULL in the database`;
  return new VitalsError('settings-invalid', `DATABASE_URL: ${detail}`);
}
