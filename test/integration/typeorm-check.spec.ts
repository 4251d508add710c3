import { TypeOrmModule } from '@nestjs/typeorm';
import { typeOrmCheck } from '../../libs/health/src/checks/clients/typeorm-check.js';
import { CheckedApp } from './checked-app.js';
import { POSTGRES_USER, startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('PostgreSQL', startPostgres);

/** One connection: what a check does not give back, the next one misses. */
const ONE_CONNECTION = { max: 1 };

describeWith(service)('typeOrmCheck with PostgreSQL', () => {
  const postgres = service as Service;
  let app: CheckedApp;

  beforeAll(async () => {
    app = await CheckedApp.boot({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          host: '127.0.0.1',
          port: postgres.port,
          username: POSTGRES_USER,
          database: 'postgres',
          extra: ONE_CONNECTION,
        }),
      ],
      providers: [typeOrmCheck()],
    });
  });

  afterAll(async () => {
    postgres.resume();
    await app.close();
  });

  it('is UP while PostgreSQL answers', async () => {
    expect(await app.ask()).toMatchObject({ state: 'UP', attributes: { database: 'postgres' } });
  });

  it('is DOWN in time while PostgreSQL hangs, and UP when it goes on', async () => {
    await postgres.hang();
    for (let runs = 0; runs < 6; runs++)
      expect(await app.ask()).toMatchObject({
        state: 'DOWN',
        reason: expect.stringMatching(/timed out after 800 ms|earlier runs have not ended/) as string,
      });
    postgres.resume();
    await app.reach('UP');
  });

  it("gives a connection up whose query hangs, so that the pool's only place is free again", async () => {
    const slow = await CheckedApp.boot({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          host: '127.0.0.1',
          port: postgres.port,
          username: POSTGRES_USER,
          database: 'postgres',
          extra: ONE_CONNECTION,
        }),
      ],
      providers: [typeOrmCheck({ query: 'SELECT pg_sleep(3600)', timeout: 200 })],
    });
    for (let runs = 0; runs < 6; runs++)
      expect(await slow.ask()).toMatchObject({ state: 'DOWN', reason: 'timed out after 200 ms' });
    await slow.close();
  });

  it('is DOWN when PostgreSQL has gone, and UP when it is back', async () => {
    await postgres.kill();
    expect(await app.ask()).toMatchObject({ state: 'DOWN' });
    expect((await app.ask()).reason).toMatch(/ECONNREFUSED/);
    await postgres.start();
    await app.reach('UP');
  });
});
