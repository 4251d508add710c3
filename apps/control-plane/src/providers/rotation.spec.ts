import { away } from '../../test/memory.database.js';
import { CredentialsFixture } from '../../test/credentials-fixture.js';

let fixture: CredentialsFixture;

beforeEach(async () => {
  fixture = await CredentialsFixture.start();
});

const vm1 = { kind: 'provider', name: 'vm-1' };

/** What is known in memory and what a restart would find are the same, and this is it. */
function expectGood(...tokens: string[]): void {
  const provider = fixture.directory.get('vm-1');
  const { tokenHash, previousTokenHash } = provider;
  expect(fixture.storedCredentials(provider.key)).toEqual({ tokenHash, previousTokenHash });
  for (const token of tokens) expect(fixture.show(token)).toEqual(vm1);
}

describe('A new token for a provider', () => {
  it('leaves the one before good until it is used for the first time', async () => {
    const first = await fixture.tokenOf('vm-1');
    fixture.show(first);
    const second = await fixture.done(fixture.orders.rotateToken('vm-1', false));
    expect([fixture.show(first), fixture.show(second), fixture.show(first)]).toEqual([
      vm1,
      vm1,
      'unauthenticated',
    ]);
    await fixture.clock.advance(0);
    expectGood(second);
  });

  it('leaves the last one used good through many whose answers were lost', async () => {
    const first = await fixture.tokenOf('vm-1');
    fixture.show(first);
    for (let lost = 0; lost < 5; lost++) await fixture.done(fixture.orders.rotateToken('vm-1', false));
    const again = await fixture.tokenOf('vm-1');
    expectGood(first, again);
    expect(fixture.show(first)).toBe('unauthenticated');
  });

  it('leaves also those good that were told since the last one used, until a later one is used', async () => {
    const first = await fixture.tokenOf('vm-1');
    fixture.show(first);
    const second = await fixture.done(fixture.orders.rotateToken('vm-1', false));
    const third = await fixture.done(fixture.orders.rotateToken('vm-1', false));
    expect([fixture.show(first), fixture.show(second)]).toEqual([vm1, vm1]);
    await fixture.clock.advance(0);
    expect(fixture.show(first)).toBe('unauthenticated');
    expectGood(second, third);
    expect(fixture.show(second)).toBe('unauthenticated');
  });

  it('ends the one before at once when it leaked', async () => {
    const first = await fixture.tokenOf('vm-1');
    const second = await fixture.done(fixture.orders.rotateToken('vm-1', true));
    expect(fixture.show(first)).toBe('unauthenticated');
    expectGood(second);
  });

  it('does not end a token that is used for the first time while its successor is being written', async () => {
    fixture.show(await fixture.tokenOf('vm-1'));
    const second = await fixture.done(fixture.orders.rotateToken('vm-1', false));
    const release = fixture.store.hold();
    const rotation = fixture.orders.rotateToken('vm-1', false);
    await fixture.clock.advance(0);
    expect(fixture.show(second)).toEqual(vm1);
    release();
    const third = await fixture.done(rotation);
    await fixture.clock.advance(0);
    expectGood(second, third);
    expect(fixture.show(second)).toBe('unauthenticated');
  });

  it('does not end it either when the provider registers again meanwhile', async () => {
    fixture.show(await fixture.tokenOf('vm-1'));
    const second = await fixture.done(fixture.orders.rotateToken('vm-1', false));
    const release = fixture.store.hold();
    const again = fixture.register('vm-1');
    await fixture.clock.advance(0);
    fixture.show(second);
    release();
    const { token } = await fixture.done(again);
    await fixture.clock.advance(0);
    expectGood(second, token as string);
  });

  it('brings no leaked token back that is used while its successor is being written', async () => {
    fixture.show(await fixture.tokenOf('vm-1'));
    const leaked = await fixture.done(fixture.orders.rotateToken('vm-1', false));
    const release = fixture.store.hold();
    const rotation = fixture.orders.rotateToken('vm-1', true);
    await fixture.clock.advance(0);
    fixture.show(leaked);
    release();
    const next = await fixture.done(rotation);
    await fixture.clock.advance(0);
    expect(fixture.show(leaked)).toBe('unauthenticated');
    expectGood(next);
  });

  it('changes nothing when it cannot be written', async () => {
    const first = await fixture.tokenOf('vm-1');
    fixture.store.failures.push(away());
    await expect(fixture.done(fixture.orders.rotateToken('vm-1', true))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    expect(fixture.show(first)).toEqual(vm1);
  });
});
