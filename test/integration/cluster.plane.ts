import { createApp } from '../../apps/control-plane/src/app.module.js';
import { PartitionOwners } from '../../apps/control-plane/src/cluster/partition.owners.js';
import { readSettings } from '../../apps/control-plane/src/settings/read-settings.js';
import { type JsonAnswer, sendTo } from '../support/control-plane.js';

/** One instance of a cluster, in this process. */
export class ClusterPlane {
  private constructor(
    readonly app: Awaited<ReturnType<typeof createApp>>,
    readonly url: string,
  ) {}

  /** @param environment where the database and the brokers are */
  static async start(environment: Readonly<Record<string, string>>): Promise<ClusterPlane> {
    const settings = readSettings({
      PORT: '0',
      LOG_LEVEL: 'error',
      VITALS_DRAIN: '0',
      VITALS_RATE_LIMIT: '0',
      VITALS_PARTITIONS: '4',
      VITALS_HEARTBEAT_INTERVAL: '1s',
      VITALS_HEARTBEAT_GRACE: '1s',
      ...environment,
    });
    const app = await createApp(settings);
    await app.listen(0, '127.0.0.1');
    return new ClusterPlane(app, await app.getUrl());
  }

  send(method: string, path: string, body?: unknown): Promise<JsonAnswer> {
    return sendTo(this.url, method, path, body);
  }

  /** Sends a beat. */
  beat(name: string, phase = 'Ready'): Promise<JsonAnswer> {
    return this.send('PUT', `/providers/${name}/status`, { phase, timestamp: new Date().toISOString() });
  }

  /** The partitions that it owns. */
  get owned(): readonly number[] {
    return this.app.get(PartitionOwners).owned;
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}
