import { existsSync, mkdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { type JsonAnswer, registration, sendTo, until } from '../support/control-plane.js';
import { bootFailure } from '../support/control-plane-process.js';
import { DatabaseFolder } from '../support/database-folder.js';

describe('A database file that disappears while the control plane runs', () => {
  it.concurrent(
    'turns readiness red, lets nothing be acknowledged that would be lost, and is written to once it is back',
    () =>
      DatabaseFolder.with(async (data) => {
        await data.start(data.quick);
        for (const name of ['stays', 'dies', 'changes']) {
          await data.register(name);
          await data.beat(name);
        }
        renameSync(data.path, data.away);
        const keptAlive: Promise<JsonAnswer>[] = [];
        const others: Promise<JsonAnswer>[] = [];
        const keepAlive = setInterval(() => {
          keptAlive.push(data.beat('stays'));
          others.push(data.beat('changes'));
        }, 400);
        const refused = [
          await data.register('refused'),
          await data.ask('PUT', '/providers/p2', { ...registration('p2'), name: undefined }),
          await data.ask('POST', '/tokens', { kind: 'read-only' }),
          await data.ask('PUT', '/checks/c', { type: 'ttl', interval: '1h' }),
          await data.ask('PUT', '/providers/stays/cordon'),
          await data.beat('changes', 'Draining'),
          await data.ask('DELETE', '/providers/stays'),
        ];
        expect(refused.map(({ status, body }) => [status, body['code']])).toEqual(
          refused.map(() => [503, 'store-unavailable']),
        );
        expect(refused[0]?.body['detail']).toMatch(/vitals\.db is gone\. Put it back, or take a backup/);
        expect(
          (
            await data.ask('POST', '/services', {
              serviceId: 's',
              protocol: 'http',
              address: '10.0.0.1',
              port: 80,
            })
          ).status,
        ).toBe(503);
        expect([await data.ready(), (await data.ask('GET', '/health/live')).status]).toEqual([503, 200]);
        const { components } = (await data.ask('GET', '/components')).body as {
          components: { name: string }[];
        };
        expect(components.find(({ name }) => name === 'database')).toMatchObject({
          status: 'NOT_OK',
          lastError: expect.stringContaining('is gone'),
        });
        await until(
          30_000,
          () => data.ask('GET', '/providers/dies/status'),
          ({ body }) => body['availability'] === 'Unavailable',
        );
        expect(await data.log()).toHaveLength(3);
        const { code, text } = await bootFailure({ ...data.database, PORT: '0' });
        expect([code, text]).toEqual([1, expect.stringMatching(/-wal is there without .*restore a backup/)]);

        renameSync(data.away, data.path);
        await until(
          30_000,
          () => data.log(),
          (rows) => rows.length > 3,
        );
        expect((await data.register('afterwards')).status).toBe(201);
        expect(await data.ready()).toBe(200);
        clearInterval(keepAlive);
        await Promise.all(others);
        expect(new Set((await Promise.all(keptAlive)).map(({ status }) => status))).toEqual(new Set([200]));
        await data.plane.kill();
        await data.start();
        expect(await data.names()).toEqual(['afterwards', 'changes', 'dies', 'stays']);
        expect((await data.log()).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
        expect(data.plane.output).toMatch(/database \S+vitals\.db: 4 providers, 0 services, 0 checks/);
      }),
  );

  it.concurrent(
    'acknowledges nothing more once another control plane has begun a new file there, and spares that',
    () =>
      DatabaseFolder.with(async (data) => {
        await data.start();
        const first = data.plane;
        expect((await data.register('a')).status).toBe(201);
        rmSync(data.folder, { recursive: true });
        mkdirSync(data.folder);
        await data.start();
        expect(data.plane.output).toContain('(new): 0 providers');
        const { status, body } = await sendTo(first.url, 'POST', '/providers', registration('b'));
        expect([status, body['detail']]).toEqual([503, expect.stringContaining('another file lies at')]);
        expect((await sendTo(first.url, 'GET', '/health/ready')).status).toBe(503);
        expect((await data.register('c')).status).toBe(201);
        await first.kill('SIGTERM');
        expect((await data.register('d')).status).toBe(201);
        await data.plane.kill();
        await data.start();
        expect(await data.names()).toEqual(['c', 'd']);
      }),
  );

  it.concurrent('says that the file was cut off, and does not write to it', () =>
    DatabaseFolder.with(async (data) => {
      await data.start();
      await data.register('a');
      truncateSync(data.path, 0);
      expect((await data.register('b')).body['detail']).toMatch(/another program changed .*restore a backup/);
      expect(await data.ready()).toBe(503);
      await data.plane.kill('SIGTERM');
      expect(statSync(data.path).size).toBe(0);
      expect((await bootFailure({ ...data.database, PORT: '0' })).text).toMatch(
        /0 bytes.*[Rr]estore a backup/,
      );
    }),
  );

  it.concurrent('goes on when only the WAL was removed, and loses nothing', () =>
    DatabaseFolder.with(async (data) => {
      await data.start();
      await data.register('a');
      rmSync(`${data.path}-wal`);
      // nobody writes: it is found by itself
      await until(
        30_000,
        () => data.ready(),
        (status) => status === 200 && existsSync(`${data.path}-wal`),
      );
      expect((await data.register('b')).status).toBe(201);
      await data.plane.kill();
      await data.start();
      expect(await data.names()).toEqual(['a', 'b']);
    }),
  );
});
