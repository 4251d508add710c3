import { Shop } from '../support/shop.js';

const SECRET = 'Bearer zx-never-to-be-seen-81';
const FIRST = 'first-key-'.repeat(4);

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
});
