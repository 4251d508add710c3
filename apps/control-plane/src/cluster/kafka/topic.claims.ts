import type { Logger } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { ReadRecord } from '../cluster-log.js';
import type { KafkaAppender } from './kafka.appender.js';
import { kafkaUnavailable } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';
import { KafkaReader } from './kafka.reader.js';

/** How the keys begin of the records that say whose a topic is; the id of the cluster follows. No task has such a key. */
const CLAIM = 'vitals:cluster:';
const PARTITION = 0;
const LOOK_MS = 10;

/** Whether a record says whose the topic is, and is nothing else. */
export function isClaim({ key }: ReadRecord): boolean {
  return key !== undefined && key.subarray(0, CLAIM.length).toString('latin1') === CLAIM;
}

/**
 * Whose a compacted topic is: each cluster claims it by a record with a key of its own, and the record with the lowest
 * offset counts, which compaction never removes. Of two that claim at a time both see which one that is.
 */
export class TopicClaims {
  constructor(
    private readonly newLink: () => KafkaLink,
    private readonly appender: KafkaAppender,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly topic: string,
  ) {}

  /** @throws VitalsError `settings-invalid` if another cluster was first; `store-unavailable` after a time */
  async claim(clusterId: string, withinMs: number): Promise<void> {
    let owner = await this.owner(withinMs);
    if (owner === undefined) {
      await this.appender.append(this.topic, PARTITION, [{ key: CLAIM + clusterId, value: clusterId }]);
      owner = await this.owner(withinMs);
    }
    if (owner === clusterId) return;
    await this.appender.append(this.topic, PARTITION, [{ key: CLAIM + clusterId, value: undefined }]);
    const detail = `the topic ${this.topic} belongs to another cluster, ${owner}, and the database to ${clusterId}`;
    throw new VitalsError(
      'settings-invalid',
      `VITALS_TOPIC_PREFIX: ${detail}; set a prefix that no other cluster has, or DATABASE_URL to the database of that cluster`,
    );
  }

  /** The id of the cluster that claimed first; `undefined` if none did. */
  private async owner(withinMs: number): Promise<string | undefined> {
    const claims = new Set<string>();
    const reader = new KafkaReader(this.newLink(), this.clock, this.logger, this.topic, {
      take: (_partition, records) => {
        for (const { key, value } of records.filter(isClaim)) {
          const claimed = String(key).slice(CLAIM.length);
          if (value === undefined) claims.delete(claimed);
          else claims.add(claimed);
        }
      },
      gap: () => undefined,
    });
    const endMs = this.clock.monotonicMs() + withinMs;
    reader.add(PARTITION, 0);
    try {
      while (reader.progress(PARTITION)?.lag !== 0) {
        if (this.clock.monotonicMs() > endMs)
          throw kafkaUnavailable(`${this.topic} could not be read in time`);
        await new Promise<void>((resolve) => void this.clock.after(LOOK_MS, resolve));
      }
    } finally {
      await reader.stop();
    }
    const [first] = claims;
    return first;
  }
}
