import { Admin } from '@platformatic/kafka';
import { kafkaCheck } from '../../libs/health/src/checks/clients/kafka-check.js';
import { CheckedApp } from './checked-app.js';
import { startKafka } from './services/kafka.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('Kafka', startKafka);

describeWith(service)('kafkaCheck with Apache Kafka', () => {
  const kafka = service as Service;
  let admin: Admin;
  let app: CheckedApp;

  const boot = (settings: object): Promise<CheckedApp> =>
    CheckedApp.boot({
      providers: [{ provide: 'ADMIN', useValue: admin }, kafkaCheck({ admin: 'ADMIN', ...settings })],
    });

  beforeAll(async () => {
    admin = new Admin({ clientId: 'checks', bootstrapBrokers: [`127.0.0.1:${kafka.port}`] });
    app = await boot({});
    await app.reach('UP');
    await admin.createTopics({ topics: ['orders'], partitions: 2, replicas: 1 });
  });

  afterAll(async () => {
    kafka.resume();
    await app.close();
    await admin.close();
  });

  it('is UP while Kafka answers, and tells about the cluster', async () => {
    const { attributes } = await app.ask();
    expect(attributes).toMatchObject({ brokers: 1, controllerId: 1 });
  });

  it('is UP while every partition of its topics has a leader', async () => {
    const orders = await boot({ topics: ['orders'] });
    await orders.reach('UP');
    await orders.close();
  });

  it('is DOWN for a topic that is missing, and does not make it', async () => {
    const gone = await boot({ topics: ['gone'] });
    expect(await gone.ask()).toMatchObject({
      state: 'DOWN',
      reason: 'no such topic: gone',
    });
    await gone.close();
    expect(await admin.listTopics()).toEqual(['orders']);
  });

  it('is DOWN with fewer brokers than there must be', async () => {
    const three = await boot({ minBrokers: 3 });
    expect(await three.ask()).toMatchObject({ state: 'DOWN', reason: '1 live brokers are fewer than 3' });
    await three.close();
  });

  it('is DOWN in time while Kafka hangs, and UP when it goes on', async () => {
    await kafka.hang();
    for (let runs = 0; runs < 6; runs++)
      expect(await app.ask()).toMatchObject({ state: 'DOWN', reason: 'timed out after 800 ms' });
    kafka.resume();
    await app.reach('UP');
  });

  it('is DOWN when Kafka has gone, and UP when it is back', async () => {
    await kafka.kill();
    await app.reach('DOWN');
    await kafka.start();
    await app.reach('UP');
  });
});
