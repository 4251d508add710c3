import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BackedUp } from '../support/backed-up.js';
import { registration } from '../support/control-plane.js';

describe('A backup', () => {
  it.concurrent(
    'that is taken while everybody writes brings back the whole fleet, and agents go on with their tokens',
    () =>
      BackedUp.with(async (data) => {
        await data.start();
        const tokens = new Map<string, string>();
        const register = async (name: string): Promise<void> => {
          const { body } = await data.ask(
            'POST',
            '/providers',
            registration(name, { labels: { tier: 'gold' } }),
          );
          tokens.set(name, String(body['token']));
        };
        for (const name of ['a', 'b']) {
          await register(name);
          await data.beat(name, tokens.get(name) as string);
        }
        await data.ask('PUT', '/providers/b/cordon');
        await data.ask('PUT', '/checks/nightly', { type: 'ttl', interval: '1h' });
        await data.ask('PUT', '/checks/nightly/status', { status: 'pass' });
        const node = { serviceId: 'orders', protocol: 'https', address: '10.0.0.9', port: 8443 };
        await data.ask('POST', '/services', {
          ...node,
          check: { interval: 60_000, deregisterCriticalServiceAfter: 0 },
        });
        const { body: gateway } = await data.ask('POST', '/tokens', { kind: 'gateway', names: ['a'] });
        let going = true;
        const late: string[] = [];
        const writing = (async () => {
          for (let index = 0; going; index++) {
            await register(`late-${index}`);
            late.push(`late-${index}`);
          }
        })();
        const { status, body: taken } = await data.ask('POST', '/backups', { file: 'fleet.db' });
        const before = await data.everything();
        going = false;
        await writing;
        expect([status, taken]).toEqual([
          201,
          {
            file: join(data.backups, 'fleet.db'),
            bytes: statSync(join(data.backups, 'fleet.db')).size,
            providers: expect.any(Number),
            services: 1,
            checks: 2,
            sequence: (before[3] as { next_since: number }).next_since,
            at: expect.stringMatching(/^\d{4}-.*Z$/),
          },
        ]);
        // what came after it is lost with the file
        await register('lost');
        expect(await data.plane.kill('SIGTERM')).toBe(0);

        rmSync(data.path);
        renameSync(join(data.backups, 'fleet.db'), data.path);
        await data.start();
        expect(data.plane.output).toContain(
          `${data.path}: ${String(taken['providers'])} providers, 1 services, 2 checks`,
        );
        const after = await data.everything();
        const kept = (after[0] as string[][]).map(([name]) => name as string);
        expect(after[0]).toEqual((before[0] as string[][]).filter(([name]) => kept.includes(name as string)));
        expect(kept.filter((name) => name.startsWith('late')).toSorted()).toEqual(
          late.slice(0, kept.length - 2).toSorted(),
        );
        expect(after.slice(1)).toEqual(before.slice(1));
        expect((await data.ask('GET', '/services')).body).toHaveProperty('orders');
        for (const name of kept) expect((await data.beat(name, tokens.get(name) as string)).status).toBe(200);
        expect((await data.beat('a', String(gateway['token']))).status).toBe(200);
        expect((await data.ask('GET', '/providers/lost')).status).toBe(404);
      }),
  );
});
