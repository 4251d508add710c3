import { setTimeout as wait } from 'node:timers/promises';
import { TestControlPlane } from '../support/control-plane.js';
import { PostgresFixture } from './postgres.fixture.js';
import { startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('PostgreSQL', startPostgres);

describeWith(service)('a control plane whose PostgreSQL crashes', () => {
  const postgres = service as Service;
  const fixture = new PostgresFixture(postgres);

  it('loses nothing that it acknowledged, and is ready again by itself', async () => {
    const url = await fixture.url();
    const plane = await TestControlPlane.start({ DATABASE_URL: url, LOG_LEVEL: 'error' });
    const acknowledged = new Set<string>();
    const answers = new Set<number>();
    let isOver = false;
    const registering = (async () => {
      for (let count = 0; !isOver; count++) {
        const names = Array.from({ length: 20 }, (_, place) => `p-${count}-${place}`);
        await Promise.all(
          names.map(async (name) => {
            const { status } = await plane.register(name);
            answers.add(status);
            if (status === 201) acknowledged.add(name);
          }),
        );
      }
    })();
    for (let crash = 0; crash < 3; crash++) {
      await wait(400);
      await postgres.kill();
      await wait(200);
      await postgres.start();
      await vi.waitFor(async () => expect((await plane.register(`well-${crash}`)).status).toBeLessThan(300), {
        timeout: 20_000,
        interval: 100,
      });
    }
    isOver = true;
    await registering;
    expect(answers).toEqual(new Set([201, 503]));
    const ready = await plane.send('GET', '/health/ready');
    await plane.stop();
    expect(ready.status).toBe(200);

    const rows = await fixture.ask('SELECT name FROM providers', url);
    const kept = new Set(rows.map(({ name }) => name));
    expect([...acknowledged].filter((name) => !kept.has(name))).toEqual([]);
    const log = await fixture.ask('SELECT number FROM change_log ORDER BY number', url);
    expect(log.map(({ number }) => Number(number))).toEqual(log.map((_row, index) => index + 1));
    const again = await TestControlPlane.start({ DATABASE_URL: url });
    for (const name of acknowledged) expect((await again.send('GET', `/providers/${name}`)).status).toBe(200);
    await again.stop();
  });
});
