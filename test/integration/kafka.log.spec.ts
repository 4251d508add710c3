import { setTimeout as wait } from 'node:timers/promises';
import type { ClusterLog } from '../../apps/control-plane/src/cluster/cluster-log.js';
import { Collected, KafkaFixture } from './kafka.fixture.js';
import { startKafka } from './services/kafka.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('Kafka', startKafka);

describeWith(service)('The log of a cluster in Kafka', () => {
  const kafka = service as Service;
  const fixture = new KafkaFixture(kafka.port);
  let log: ClusterLog;
  let prefix: string;

  beforeEach(async () => {
    prefix = fixture.prefix();
    log = await fixture.open(prefix);
  });

  afterEach(async () => {
    kafka.resume();
    await fixture.close();
  });

  const append = (partition: number, ...values: string[]): Promise<void> =>
    log.append(
      'heartbeats',
      partition,
      values.map((value) => ({ key: 'k', value })),
    );

  it('hands on what is appended after reading began, in order, each record once', async () => {
    await append(0, 'before');
    const read = new Collected();
    const following = await log.follow('heartbeats', { from: 'end', onRecords: read.onRecords });
    await Promise.all(Array.from({ length: 200 }, (_, i) => append(i % 4, `${i}`)));
    await vi.waitFor(() => expect(read.values).toHaveLength(200), { timeout: 5_000 });
    for (const partition of [0, 1, 2, 3])
      expect(read.of(partition)).toEqual(Array.from({ length: 50 }, (_, i) => `${4 * i + partition}`));
    await vi.waitFor(() => expect(following.progress(0)).toMatchObject({ lag: 0, position: 51 }));
    await following.stop();
    await append(0, 'after');
    await wait(300);
    expect(read.values).toHaveLength(200);
  });
});
