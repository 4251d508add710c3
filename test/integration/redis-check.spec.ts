import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { redisCheck } from '../../libs/health/src/checks/clients/redis-check.js';
import { CheckedApp } from './checked-app.js';
import { describeWith, provideService } from './services/provide-service.js';
import { startRedis } from './services/redis.js';
import type { Service } from './services/service.js';

const TIMED_OUT = 'timed out after 800 ms';

const service = await provideService('Redis', startRedis);

interface Client {
  readonly client: unknown;
  readonly end: () => void;
}

const ioredis = async (port: number): Promise<Client> => {
  const client = new Redis({ host: '127.0.0.1', port });
  client.on('error', () => undefined);
  return { client, end: () => client.disconnect() };
};

const nodeRedis = async (port: number): Promise<Client> => {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.on('error', () => undefined);
  await client.connect();
  return { client, end: () => client.destroy() };
};

describeWith(service).each([
  ['ioredis', ioredis],
  ['node-redis', nodeRedis],
])('redisCheck with %s', (_name, connect) => {
  const redis = service as Service;
  let app: CheckedApp;
  let end: () => void;

  beforeAll(async () => {
    const connected = await connect(redis.port);
    ({ end } = connected);
    app = await CheckedApp.boot({
      providers: [{ provide: 'REDIS', useValue: connected.client }, redisCheck({ client: 'REDIS' })],
    });
  });

  afterAll(async () => {
    redis.resume();
    await app.close();
    end();
  });

  it('is UP while Redis answers', async () => {
    await app.reach('UP');
  });

  it('is DOWN in time while Redis hangs, and UP when it goes on', async () => {
    await redis.hang();
    for (let runs = 0; runs < 6; runs++)
      expect(await app.ask()).toMatchObject({ state: 'DOWN', reason: TIMED_OUT });
    redis.resume();
    await app.reach('UP');
  });

  it('is DOWN when Redis has gone, and UP when it is back', async () => {
    await redis.kill();
    await app.reach('DOWN');
    expect((await app.ask()).reason).toMatch(/the client is not connected/);
    await redis.start();
    await app.reach('UP');
  });
});
