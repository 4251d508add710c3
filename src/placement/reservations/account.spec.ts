import { Account } from './account.js';

describe('Account', () => {
  it('adds up all reservations', () => {
    const account = new Account({});
    account.restore('a', { cpu: 1 });
    account.add('b', { cpu: 2, memory: 5 });
    expect(account.reserved).toEqual({ cpu: 3, memory: 5 });
    expect(account.ids).toEqual(['a', 'b']);
    account.remove('a');
    account.remove('b');
    expect(account.reserved).toEqual({});
    expect(account.ids).toEqual([]);
  });

  it('is exact again after many have come and gone', () => {
    const account = new Account({});
    account.add('stays', { cpu: 0.3 });
    for (let id = 0; id < 1_000; id++) {
      account.add(`${id}`, { cpu: 0.1 });
      account.remove(`${id}`);
    }
    expect(account.reserved).toEqual({ cpu: 0.3 });
  });

  it('claims a reservation on top of what the provider said before it was made', () => {
    const said = { cpu: 3 };
    const account = new Account(said);
    account.add('a', { cpu: 1 });
    account.said(said);
    expect(account.claimed(said)).toEqual({ cpu: 4 });
  });

  it('claims the larger of both once the provider may have counted it, never the sum', () => {
    const account = new Account({ cpu: 0 });
    account.add('a', { cpu: 2 });
    const counted = { cpu: 2 };
    account.said(counted);
    expect(account.claimed(counted)).toEqual({ cpu: 2 });
    account.add('b', { cpu: 1 });
    expect(account.claimed(counted)).toEqual({ cpu: 3 });
    const withOthers = { cpu: 5 };
    account.said(withOthers);
    expect(account.claimed(withOthers)).toEqual({ cpu: 5 });
  });
});
