import { listOffsetsV7, ListOffsetTimestamps } from '@platformatic/kafka';
import { KafkaAway } from './kafka.errors.js';
import type { KafkaLink, TopicLayout } from './kafka.link.js';

/** The first offset of a partition that is kept, or the one after the last. */
export type Edge = 'beginning' | 'end';

const READ_UNCOMMITTED = 0;
/** A client, as opposed to a replica; and a layout that is not compared with the broker's. */
const [NO_REPLICA, NO_LEADER_EPOCH] = [-1, -1];

/** How a topic is laid out. @throws KafkaAway if there is no such topic */
export async function layoutOf(link: KafkaLink, topic: string): Promise<TopicLayout> {
  const layout = await link.layout(topic);
  if (layout) return layout;
  throw new KafkaAway(`the topic ${topic} is not there`);
}

/** The broker that leads a partition; -1 if there is none. */
export function leaderOf({ leaders }: TopicLayout, partition: number): number {
  return leaders[partition] ?? -1;
}

/** Asks for an edge of partitions, and adds what is answered to `found`. */
export async function findEdges(
  link: KafkaLink,
  topic: string,
  partitions: readonly number[],
  edge: Edge,
  found: Map<number, number>,
): Promise<void> {
  const layout = await layoutOf(link, topic);
  const timestamp = edge === 'end' ? ListOffsetTimestamps.LATEST : ListOffsetTimestamps.EARLIEST;
  for (const node of new Set(partitions.map((partition) => leaderOf(layout, partition)))) {
    const asked = partitions
      .filter((partition) => leaderOf(layout, partition) === node)
      .map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: NO_LEADER_EPOCH, timestamp }));
    const { topics } = await link.ask(node, listOffsetsV7, [
      NO_REPLICA,
      READ_UNCOMMITTED,
      [{ name: topic, partitions: asked }],
    ]);
    for (const answer of topics.flatMap((each) => each.partitions))
      found.set(answer.partitionIndex, Number(answer.offset));
  }
}
