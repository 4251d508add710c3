import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendTo, until } from '../support/control-plane.js';
import { bootFailure } from '../support/control-plane-process.js';
import { Shop } from '../support/shop.js';

const SECRET = 'Bearer zx-never-to-be-seen-81';
const [FIRST, SECOND] = ['first-key-'.repeat(4), 'second-key'.repeat(4)] as const;

describe('A header of a check, while VITALS_SECRET_KEY is set', () => {
  it.concurrent('lies in the database encrypted, is sent as it was said, and is never shown', () =>
    Shop.opened(async (shop) => {
      await shop.start({ VITALS_SECRET_KEY: FIRST });
      await shop.define('shop', { authorization: SECRET });
      await shop.expectSent('shop', 'authorization', SECRET);
      const { body } = await shop.ask('GET', '/checks/shop');
      expect(body['http']).toMatchObject({ headers: { authorization: '<redacted>' } });
      // what is said of it while it is paused and judged is written too
      await shop.ask('PUT', '/checks/shop/pause');
      await shop.ask('DELETE', '/checks/shop/pause');
      expect(shop.stored()).not.toContain(SECRET);
      await shop.plane.kill();
      await shop.start({ VITALS_SECRET_KEY: FIRST });
      await shop.expectSent('shop', 'authorization', SECRET);
      // sent back as it is shown, it stays
      await shop.define('shop', { authorization: '<redacted>', accept: 'text/plain' });
      await shop.expectSent('shop', 'authorization', SECRET);
      expect(await shop.plane.kill('SIGTERM')).toBe(0);
      expect(shop.stored()).not.toContain(SECRET);
      expect(shop.plane.output).not.toContain(SECRET);
    }),
  );

  it.concurrent('is encrypted at the start if it was defined before, and no byte of it stays', () =>
    Shop.opened(async (shop) => {
      await shop.start();
      for (const id of ['one', 'two']) await shop.define(id, { authorization: SECRET });
      expect(shop.stored()).toContain(SECRET);
      await shop.plane.kill();
      await shop.start({ VITALS_SECRET_KEY: FIRST });
      expect(shop.plane.output).toContain('the secrets of 2 checks are encrypted with the first key now');
      expect(shop.stored()).not.toContain(SECRET);
      await shop.expectSent('two', 'authorization', SECRET);
    }),
  );

  it.concurrent.each([
    ['without a key', {}, 'it is not set'],
    ['with another key', { VITALS_SECRET_KEY: SECOND }, 'none of its keys is the one'],
  ])('keeps a control plane %s from starting, which says of how many checks', (_what, key, why) =>
    Shop.opened(async (shop) => {
      await shop.start({ VITALS_SECRET_KEY: FIRST });
      for (const id of ['one', 'two']) await shop.define(id, { authorization: SECRET });
      await shop.plane.kill('SIGTERM');
      const { code, text } = await bootFailure({
        ...shop.environment,
        ...key,
        LOG_LEVEL: 'error',
        PORT: '0',
      });
      expect(code).toBe(1);
      expect(text).toContain(
        `VITALS_SECRET_KEY: the database holds encrypted secrets of 2 checks, and ${why}`,
      );
      expect(text).not.toMatch(/\n\s+at |zx-never|first-key|second-key/);
      await shop.start({ VITALS_SECRET_KEY: FIRST });
      await shop.expectSent('one', 'authorization', SECRET);
    }),
  );

  it.concurrent('changes to another key with one start, after which the old one is not needed', () =>
    Shop.opened(async (shop) => {
      await shop.start({ VITALS_SECRET_KEY: FIRST });
      await shop.define('shop', { authorization: SECRET });
      await shop.plane.kill('SIGTERM');
      await shop.start({ VITALS_SECRET_KEY: `${SECOND},${FIRST}` });
      await shop.plane.kill('SIGTERM');
      await shop.start({ VITALS_SECRET_KEY: SECOND });
      expect(shop.plane.output).not.toContain('are encrypted with the first key now');
      await shop.expectSent('shop', 'authorization', SECRET);
    }),
  );
});

describe('A header that refers to the environment', () => {
  const name = 'VITALS_CHECK_SECRET_SHOP';

  it.concurrent('is kept and shown as the reference, and sent as what that stands for', () =>
    Shop.opened(async (shop) => {
      await shop.start({ [name]: SECRET });
      await shop.define('shop', { authorization: `env:${name}` });
      await shop.expectSent('shop', 'authorization', SECRET);
      const { body } = await shop.ask('GET', '/checks/shop');
      expect(body['http']).toMatchObject({ headers: { authorization: `env:${name}` } });
      expect(await shop.plane.kill('SIGTERM')).toBe(0);
      expect(shop.stored()).toContain(`env:${name}`);
      expect(shop.stored()).not.toContain(SECRET);
      expect(shop.plane.output).not.toContain(SECRET);
    }),
  );

  it.concurrent('is refused where the variable is not set or may not be referred to', () =>
    Shop.opened(async (shop) => {
      await shop.start({
        VITALS_ADMIN_TOKEN: 'a-token-of-the-shop',
        VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8',
      });
      const headers = { authorization: 'Bearer a-token-of-the-shop', 'content-type': 'application/json' };
      for (const [reference, why] of [
        ['env:VITALS_CHECK_SECRET_NONE', 'is not set in the environment'],
        ['env:VITALS_ADMIN_TOKEN', 'begin with VITALS_CHECK_SECRET_'],
        ['env:PATH', 'begin with VITALS_CHECK_SECRET_'],
      ] as const) {
        const http = { url: shop.url(), headers: { 'x-key': reference } };
        const body = JSON.stringify({ type: 'http', http });
        const answer = await fetch(`${shop.plane.url}/checks/shop`, { method: 'PUT', headers, body });
        const problem = (await answer.json()) as { errors: { pointer: string; detail: string }[] };
        expect([answer.status, problem.errors[0]?.pointer]).toEqual([
          422,
          expect.stringMatching(/^\/http\/headers/),
        ]);
        expect(problem.errors[0]?.detail).toContain(why);
      }
      expect(shop.seen).toEqual({});
    }),
  );

  it.concurrent('that stands for nothing any more makes a Warning that says so, never Critical', () =>
    Shop.opened(async (shop) => {
      await shop.start({ [name]: SECRET });
      await shop.define('shop', { authorization: `env:${name}` });
      await shop.expectSent('shop', 'authorization', SECRET);
      await shop.plane.kill('SIGTERM');
      await shop.start();
      shop.seen = {};
      await shop.ask('POST', '/checks/shop/runs');
      const { body } = await shop.ask('GET', '/checks/shop');
      expect(body['status']).toBe('Warning');
      expect(body['message']).toContain(`${name} is not set in the environment of the control plane`);
      expect(shop.seen).toEqual({});
    }),
  );

  it.concurrent('may stand in the file of declarations, of which a plan shows the reference', () =>
    Shop.opened(async (shop) => {
      const file = join(shop.folder, 'vitals.yaml');
      const declared = (value: string): string =>
        JSON.stringify({
          checks: [{ id: 'shop', type: 'http', http: { url: shop.url(), headers: { 'x-key': value } } }],
        });
      writeFileSync(file, declared(`env:${name}`));
      await shop.start({ [name]: SECRET, VITALS_CHECK_SECRET_OTHER: 'other', VITALS_DECLARATIONS: file });
      await until(
        20_000,
        () => shop.ask('GET', '/checks/shop'),
        ({ status }) => status === 200,
      );
      await shop.expectSent('shop', 'x-key', SECRET);
      const plan = await sendTo(
        shop.plane.url,
        'POST',
        '/declarations/plan',
        declared('env:VITALS_CHECK_SECRET_OTHER'),
      );
      expect(JSON.stringify(plan.body)).toContain(
        JSON.stringify({
          pointer: '/http/headers/x-key',
          from: `env:${name}`,
          to: 'env:VITALS_CHECK_SECRET_OTHER',
        }),
      );
      expect(JSON.stringify(plan.body)).not.toContain(SECRET);
    }),
  );
});
