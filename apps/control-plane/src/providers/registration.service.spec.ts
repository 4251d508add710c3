import { away } from '../../test/memory.database.js';
import { CredentialsFixture } from '../../test/credentials-fixture.js';

let fixture: CredentialsFixture;

beforeEach(async () => {
  fixture = await CredentialsFixture.start();
});

const outcome = (work: Promise<{ created: boolean }>): Promise<string> =>
  work.then(
    ({ created }) => (created ? 'created' : 'again'),
    (error: { code: string }) => error.code,
  );

describe('RegistrationService', () => {
  it('creates a name once, however many register it at a time', async () => {
    const all = Promise.all(Array.from({ length: 10 }, () => outcome(fixture.register('vm-1'))));
    expect((await fixture.done(all)).toSorted()).toEqual([...Array<string>(9).fill('again'), 'created']);
    expect(fixture.directory.get('vm-1').generation).toBe(10);
  });

  it('lets the registration token create a name, but take over none whose token was used', async () => {
    const { token } = await fixture.done(fixture.register('vm-1', { onlyNew: true }));
    fixture.show(token as string);
    expect(await fixture.done(outcome(fixture.register('vm-1', { onlyNew: true })))).toBe('forbidden');
    expect(fixture.show(token as string)).toEqual({ kind: 'provider', name: 'vm-1' });
    expect(fixture.directory.get('vm-1').generation).toBe(1);
  });

  it('lets it ask again for a token that was never used, for its only answer may be lost', async () => {
    const claim = { onlyNew: true, id: 'mine' };
    const lost = await fixture.done(fixture.register('vm-1', claim));
    expect(await fixture.done(outcome(fixture.register('vm-1', { onlyNew: true })))).toBe('forbidden');
    const { token, created } = await fixture.done(fixture.register('vm-1', claim));
    expect([created, fixture.show(lost.token as string)]).toEqual([false, 'unauthenticated']);
    expect(fixture.show(token as string)).toEqual({ kind: 'provider', name: 'vm-1' });
    expect(await fixture.done(outcome(fixture.register('vm-1', claim)))).toBe('forbidden');
  });

  it('gives one id to one of two names that want it at a time', async () => {
    const both = Promise.all(['a', 'b'].map((name) => outcome(fixture.register(name, { id: 'same' }))));
    expect((await fixture.done(both)).toSorted()).toEqual(['created', 'provider-id-conflict']);
  });

  it('keeps nothing of a registration that cannot be written, and frees its id', async () => {
    fixture.store.failures.push(away());
    expect(await fixture.done(outcome(fixture.register('a', { id: 'same' })))).toBe('store-unavailable');
    expect([fixture.directory.size, fixture.directory.find('a')]).toEqual([0, undefined]);
    expect(await fixture.done(outcome(fixture.register('b', { id: 'same' })))).toBe('created');
  });
});
