import { DEFAULT_CHECK_POLICY, type CheckDefinition } from '@vitals/core/check';
import { CheckSecrets } from './check-secrets.js';
import type { StoredCheck } from './check.rows.js';

const KEY = 'k'.repeat(32);
const SECRET = 'Bearer never-seen';

function check(key: number, id: string, headers: Record<string, unknown>): StoredCheck {
  const definition = {
    ...DEFAULT_CHECK_POLICY,
    id,
    target: {
      kind: 'http',
      url: 'http://shop.example/',
      method: 'GET',
      headers,
      expectedCodes: [],
      tlsSkipVerify: false,
    },
    maintenance: [],
    labels: {},
    paused: false,
  } as unknown as CheckDefinition;
  return { key, definition, source: 'api', serviceKey: undefined, createdAtMs: 0 };
}

function written(secrets: CheckSecrets, stored: StoredCheck): StoredCheck {
  // as JSON, for that is how it is kept
  return JSON.parse(JSON.stringify(secrets.seal(stored))) as StoredCheck;
}

function headersOf({ definition }: StoredCheck): Readonly<Record<string, unknown>> {
  return (definition.target as { headers: Record<string, unknown> }).headers;
}

describe('CheckSecrets', () => {
  it('writes no value of a header in the clear, and gives it back as it was', () => {
    const stored = check(1, 'shop', { authorization: SECRET, accept: '' });
    const sealed = written(new CheckSecrets([KEY]), stored);
    expect(JSON.stringify(sealed)).not.toContain('never-seen');
    expect(sealed.definition.id).toBe('shop');
    const secrets = new CheckSecrets([KEY]);
    expect(headersOf(secrets.open(sealed))).toEqual(headersOf(stored));
    expect(() => secrets.assertOpened()).not.toThrow();
    expect(secrets.takeOutdated().size).toBe(0);
  });

  it('writes everything as it is without a key', () => {
    const stored = check(1, 'shop', { authorization: SECRET });
    expect(headersOf(written(new CheckSecrets(), stored))).toEqual({ authorization: SECRET });
    const secrets = new CheckSecrets();
    expect(secrets.open(stored)).toBe(stored);
    expect(secrets.takeOutdated().size).toBe(0);
  });

  it('leaves references as they are, and takes them for nothing that is to be encrypted', () => {
    const stored = check(1, 'shop', { authorization: 'env:VITALS_CHECK_SECRET_SHOP' });
    const secrets = new CheckSecrets([KEY]);
    expect(headersOf(written(secrets, stored))).toEqual(headersOf(stored));
    secrets.open(stored);
    expect(secrets.takeOutdated().size).toBe(0);
  });

  it('takes no text for something encrypted, whatever it says', () => {
    const sealed = headersOf(written(new CheckSecrets([KEY]), check(1, 'shop', { a: SECRET })))['a'];
    const text = JSON.stringify(sealed);
    const secrets = new CheckSecrets();
    expect(headersOf(secrets.open(check(1, 'shop', { a: text })))).toEqual({ a: text });
    expect(() => secrets.assertOpened()).not.toThrow();
  });

  it('names what is kept in the clear or with an older key, once', () => {
    const other = 'o'.repeat(32);
    const secrets = new CheckSecrets([KEY, other]);
    secrets.open(check(1, 'plain', { a: SECRET }));
    secrets.open(written(new CheckSecrets([other]), check(2, 'older', { a: SECRET })));
    secrets.open(written(new CheckSecrets([KEY]), check(3, 'current', { a: SECRET })));
    secrets.open(check(4, 'none', {}));
    expect([...secrets.takeOutdated()]).toEqual([1, 2]);
    expect(secrets.takeOutdated().size).toBe(0);
  });

  it.each([
    ['another check', 2, 'shop', 'authorization'],
    ['another id', 1, 'other', 'authorization'],
    ['another header', 1, 'shop', 'x-key'],
  ])('opens nothing that was moved to %s, and says that it was changed', (_where, key, id, name) => {
    const sealed = written(new CheckSecrets([KEY]), check(1, 'shop', { authorization: SECRET }));
    const secrets = new CheckSecrets([KEY]);
    secrets.open(check(key, id, { [name]: headersOf(sealed)['authorization'] }));
    expect(() => secrets.assertOpened()).toThrow(
      /DATABASE_URL: the encrypted secrets of one check were changed/,
    );
  });

  it('says of how many checks the key is missing, and nothing of what they say', () => {
    const sealed = [1, 2, 3].map((key) =>
      written(new CheckSecrets([KEY]), check(key, `c${key}`, { a: SECRET, b: SECRET })),
    );
    const secrets = new CheckSecrets();
    sealed.forEach((each) => secrets.open(each));
    expect(() => secrets.assertOpened()).toThrow(
      /^VITALS_SECRET_KEY: the database holds encrypted secrets of 3 checks, and it is not set; set /,
    );
  });
});
