import { ManualClock } from '@vitals/core/time';
import { Credentials, type CredentialSources } from './credentials.js';
import type { TokenStore } from './file.token-store.js';

/** A store in memory, that can be broken. */
class MemoryStore implements TokenStore {
  failure: Error | undefined;
  constructor(public kept?: string) {}

  load(): string | undefined {
    if (this.failure) throw this.failure;
    return this.kept;
  }

  save(token: string): void {
    if (this.failure) throw this.failure;
    this.kept = token;
  }
}

let faults: (string | undefined)[];
let store: MemoryStore;
let clock: ManualClock;

beforeEach(() => {
  faults = [];
  store = new MemoryStore();
  clock = new ManualClock();
});

function credentialsOf(sources: Partial<CredentialSources> = {}): Credentials {
  const all = { token: undefined, registrationToken: undefined, store, ...sources };
  return new Credentials(all, 2_000, clock, (reason) => faults.push(reason));
}

describe('Credentials', () => {
  it('prefers the token that was issued to the one that was kept, that to the one given, that to the registration token', async () => {
    store.kept = 'kept';
    const credentials = credentialsOf({ token: 'given', registrationToken: 'registration' });
    expect(await credentials.candidates()).toEqual(['kept', 'given', 'registration']);
    await credentials.accept('kept', 'issued');
    store.kept = 'from-an-operator';
    expect(await credentials.candidates()).toEqual(['issued', 'from-an-operator', 'given', 'registration']);
  });

  it('names a token once that is known from two sides', async () => {
    store.kept = 'same';
    expect(await credentialsOf({ token: 'same' }).candidates()).toEqual(['same']);
  });

  it('keeps a token before it is used', async () => {
    const credentials = credentialsOf({ token: 'given' });
    let usedBeforeKept: string | undefined;
    store.save = (token) => {
      usedBeforeKept = credentials.token;
      store.kept = token;
    };
    await credentials.accept('given', 'issued');
    expect([usedBeforeKept, store.kept, credentials.token]).toEqual([undefined, 'issued', 'issued']);
  });

  it.each([
    ['the token that registered', 'own', 'own'],
    ['nothing, if that was the registration token', 'registration', undefined],
    ['nothing, if there was none', undefined, undefined],
  ])('when none is issued, beats carry %s', async (_what, used, carried) => {
    const credentials = credentialsOf({ registrationToken: 'registration' });
    await credentials.accept(used, undefined);
    expect(credentials.token).toBe(carried);
  });

  it('does not try a token again that was refused, until it is forgiven', async () => {
    store.kept = 'kept';
    const credentials = credentialsOf({ registrationToken: 'registration' });
    credentials.refuse('kept');
    expect(await credentials.candidates()).toEqual(['registration']);
    credentials.forgive();
    expect(await credentials.candidates()).toEqual(['kept', 'registration']);
  });

  it('goes on with a token that cannot be kept, says so, and keeps it later', async () => {
    store.kept = 'old';
    store.failure = new Error('disk full');
    const credentials = credentialsOf();
    await credentials.accept('old', 'new');
    expect([credentials.token, store.kept]).toEqual(['new', 'old']);
    expect(faults).toEqual([
      expect.stringMatching(
        /could not be stored, and a restart would not be able to authenticate: disk full/,
      ),
    ]);
    expect(await credentials.candidates()).toEqual(['new']);
    store.failure = undefined;
    await credentials.saveAgain();
    await credentials.saveAgain();
    expect([store.kept, faults.slice(1)]).toEqual(['new', [undefined]]);
  });

  it('goes on without a store that cannot be read, and says so', async () => {
    store.failure = new Error('no access');
    const credentials = credentialsOf({ registrationToken: 'registration' });
    expect(await credentials.candidates()).toEqual(['registration']);
    expect(faults).toEqual(['the token could not be read: no access']);
  });

  it('does not wait for a store that hangs', async () => {
    const hanging = { load: () => new Promise<undefined>(() => undefined), save: () => undefined };
    const candidates = credentialsOf({ store: hanging, token: 'given' }).candidates();
    await clock.advance(2_000);
    expect(await candidates).toEqual(['given']);
    expect(faults).toEqual(['the token could not be read: took longer than 2000 ms']);
  });

  it('takes what fits into no header for no token', async () => {
    store.kept = 'two\nlines';
    expect(await credentialsOf({ token: 'given' }).candidates()).toEqual(['given']);
    expect(faults).toEqual([expect.stringMatching(/one line of printable ASCII/)]);
  });
});
