import type { Clock } from '@vitals/core/time';
import type { ClusterLog } from './cluster-log.js';
import type { KafkaLogOptions } from './kafka/kafka.cluster-log.js';

/** As `KafkaClusterLog.open`; the client of Kafka is loaded only now. */
export async function openClusterLog(clock: Clock, options: KafkaLogOptions): Promise<ClusterLog> {
  const { KafkaClusterLog } = await import('./kafka/kafka.cluster-log.js');
  return KafkaClusterLog.open(clock, options);
}
