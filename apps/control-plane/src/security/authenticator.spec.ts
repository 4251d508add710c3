import { ADMIN, CredentialsFixture, REGISTRATION } from '../../test/credentials-fixture.js';
import { createToken } from './caller.js';

describe('Authenticator', () => {
  it('asks nobody for a token while there is no admin token', async () => {
    const { authenticator } = await CredentialsFixture.start({ adminToken: undefined });
    expect(authenticator.enabled).toBe(false);
    expect(authenticator.identify(undefined)).toEqual({ kind: 'anonymous' });
  });

  it('knows the tokens of the settings', async () => {
    const fixture = await CredentialsFixture.start();
    expect([fixture.show(ADMIN), fixture.show(REGISTRATION)]).toEqual([
      { kind: 'admin' },
      { kind: 'registration' },
    ]);
  });

  it('knows a provider by its own token, not by one that only says its name', async () => {
    const fixture = await CredentialsFixture.start();
    const token = await fixture.tokenOf('vm-1');
    expect(fixture.show(token)).toEqual({ kind: 'provider', name: 'vm-1' });
    expect(fixture.show(createToken(['p', 'vm-1']))).toBe('unauthenticated');
    expect(fixture.show(token.slice(0, -1))).toBe('unauthenticated');
    expect(fixture.show(token.replace('vm-1', 'vm-2'))).toBe('unauthenticated');
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic dTpw', `Bearer ${ADMIN} x`, ADMIN, 'Bearer nonsense'])(
    'refuses the header %j',
    async (header) => {
      const { authenticator } = await CredentialsFixture.start();
      expect(() => authenticator.identify(header)).toThrow(
        expect.objectContaining({ code: 'unauthenticated' }),
      );
    },
  );

  it.each([`Bearer ${ADMIN}`, `bearer ${ADMIN}`, `BEARER   ${ADMIN}`])(
    'takes the header %j',
    async (header) => {
      const { authenticator } = await CredentialsFixture.start();
      expect(authenticator.identify(header)).toEqual({ kind: 'admin' });
    },
  );

  it('limits each identity alone, whichever of its tokens it shows', async () => {
    const fixture = await CredentialsFixture.start({ ratePerSecond: 1, rateBurst: 3 });
    const [noisy, quiet] = [await fixture.tokenOf('noisy'), await fixture.tokenOf('quiet')];
    expect([1, 2, 3, 4].map(() => fixture.show(noisy)).at(-1)).toBe('rate-limited');
    const renewed = await fixture.done(fixture.orders.rotateToken('noisy', false));
    expect(fixture.show(renewed)).toBe('rate-limited');
    expect(fixture.show(quiet)).toEqual({ kind: 'provider', name: 'quiet' });
    expect(fixture.show(ADMIN)).toEqual({ kind: 'admin' });
    await fixture.clock.advance(1_000);
    expect(fixture.show(renewed)).toEqual({ kind: 'provider', name: 'noisy' });
  });

  it('counts nothing against a provider whose token is only guessed at', async () => {
    const fixture = await CredentialsFixture.start({ ratePerSecond: 1, rateBurst: 1 });
    const token = await fixture.tokenOf('vm-1');
    for (let guess = 0; guess < 100; guess++) fixture.show(`vp.vm-1.${guess}`);
    expect(fixture.show(token)).toEqual({ kind: 'provider', name: 'vm-1' });
  });
});
