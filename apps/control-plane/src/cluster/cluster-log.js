/** What the topics of a cluster are for; each has as many partitions as the others. */
export const TOPIC_ROLES = ['scheduler', 'health-checks', 'heartbeats', 'changes'];
/**
 * The log that the instances of a cluster share: topics with partitions, in which records have an order; and groups,
 * which divide the partitions of a topic between their living members.
 */
export class ClusterLog {
}
