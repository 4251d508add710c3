import { ManualClock, SystemClock } from '@vitals/core/time';
import { changeKind } from '../../apps/control-plane/src/database/change.js';
import { ChangeFollower } from '../../apps/control-plane/src/database/change.follower.js';
import { CHANGE_LOG } from '../../apps/control-plane/src/database/change.log.js';
import type { Database } from '../../apps/control-plane/src/database/database.js';
import { Feed } from '../../apps/control-plane/src/database/feed.js';
import { Journal } from '../../apps/control-plane/src/database/journal.js';
import { integer, table, text } from '../../apps/control-plane/src/database/table.js';
import { PostgresFixture } from './postgres.fixture.js';
import { FaultyNetwork } from './services/faulty.network.js';
import { startPostgres } from './services/postgres.js';
import { describeWith, provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('PostgreSQL', startPostgres);

/** A table of the product, in which one value is counted up by everybody. */
const TOKENS = table('tokens', {
  id: text().key(),
  kind: text(),
  names: text(),
  description: text(),
  hash: text(),
  createdAtMs: integer('created_at'),
});

interface Count {
  readonly id: string;
  readonly value: number;
}

const counted = changeKind<Count>('counted-in-a-test', {
  write: (transaction, { id, value }) =>
    transaction.put(TOKENS, [{ id, kind: 'k', names: '[]', description: '', hash: 'h', createdAtMs: value }]),
  keys: ({ id }) => [id],
});

/** One of several processes on a database: its journal, and what it has in memory. */
class Member {
  readonly values = new Map<string, number>();
  readonly applied: string[] = [];
  readonly feed: Feed;
  readonly journal: Journal;

  constructor(
    readonly database: Database,
    number: number,
  ) {
    this.feed = new Feed({ number });
    this.journal = new Journal(new SystemClock(), database, this.feed);
    this.feed.on(counted, ({ id, value }) => {
      this.values.set(id, value);
      this.applied.push(`${id}=${value}`);
    });
  }

  /** One more than there are; decided in memory. */
  increase(id: string): Promise<Count> {
    return this.journal.commit(() => counted({ id, value: (this.values.get(id) ?? 0) + 1 }));
  }
}

describeWith(service)('several processes on one database', () => {
  const fixture = new PostgresFixture(service as Service);
  let url: string;
  let members: Member[];

  const join = async (): Promise<Member> => {
    const database = await fixture.opened(url, { isShared: true });
    const number = (await database.max(CHANGE_LOG, 'number')) ?? 0;
    await database.booted();
    return new Member(database, number);
  };

  beforeEach(async () => {
    url = await fixture.url();
    members = [await join(), await join(), await join()];
  });

  afterEach(() => fixture.close());

  it('decide on what the others have committed: no increment is lost, whoever makes it', async () => {
    const made: number[] = [];
    await Promise.all(
      members.map(async (member) => {
        for (let count = 0; count < 30; count++) made.push((await member.increase('x')).value);
      }),
    );
    expect(made.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 90 }, (_, at) => at + 1));
    await Promise.all(members.map((member) => member.journal.follow()));
    expect(members.map(({ values }) => values.get('x'))).toEqual([90, 90, 90]);
  });

  it('apply all changes once, in the order of their numbers', async () => {
    const [a, b, c] = members as [Member, Member, Member];
    for (let count = 0; count < 5; count++) {
      await a.increase('x');
      await b.increase('y');
    }
    await Promise.all([a, b, c].map((member) => member.journal.follow()));
    expect(c.applied).toEqual(Array.from({ length: 5 }, (_, at) => [`x=${at + 1}`, `y=${at + 1}`]).flat());
    expect([a.applied, b.applied]).toEqual([c.applied, c.applied]);
    expect([a, b, c].map(({ feed }) => feed.number)).toEqual([10, 10, 10]);
  });

  it('refuse who cannot have it any more, and nobody else in the same write', async () => {
    const [a, b] = members as [Member, Member];
    await a.increase('taken');
    const takenBy = (member: Member, id: string): Promise<unknown> =>
      member.journal.commit(() => {
        if (member.values.has(id)) throw new Error(`${id} is taken`);
        return counted({ id, value: 1 });
      });
    const [lost, won] = await Promise.allSettled([takenBy(b, 'taken'), takenBy(b, 'free')]);
    expect([lost, won.status]).toMatchObject([{ reason: { message: 'taken is taken' } }, 'fulfilled']);
  });

  it('see one moment of the database while they start', async () => {
    const [a] = members as [Member];
    await a.increase('x');
    const database = await fixture.opened(url, { isShared: true });
    await a.increase('x');
    expect(await database.max(CHANGE_LOG, 'number')).toBe(1);
    expect(await database.select(TOKENS, { members: ['createdAtMs'] })).toEqual([{ createdAtMs: 1 }]);
    await database.booted();
    expect(await database.max(CHANGE_LOG, 'number')).toBe(2);
  });

  it('follow each other, and know how old their memory is', async () => {
    const [a, b] = members as [Member, Member];
    const clock = new ManualClock();
    const follower = new ChangeFollower(b.journal, b.database, clock);
    await a.increase('x');
    follower.wake();
    await vi.waitFor(() => expect(b.values.get('x')).toBe(1));
    await clock.advance(400);
    expect(follower.lagMs).toBe(400);
    await a.increase('x');
    await clock.advance(100);
    await vi.waitFor(() => expect(b.values.get('x')).toBe(2));
    follower.stop();
  });

  it('apply once what became durable without an answer, though they read it before they know that', async () => {
    const network = await FaultyNetwork.before((service as Service).port);
    const over = url.replace(`:${(service as Service).port}/`, `:${network.port}/`);
    const database = await fixture.opened(over, { isShared: true });
    await database.booted();
    const member = new Member(database, 0);
    network.failAt('COMMIT', 'unanswered', () => network.down());
    await expect(member.increase('x')).rejects.toMatchObject({ code: 'store-unavailable' });
    await (members[0] as Member).increase('x');
    network.up();
    await member.journal.follow();
    expect([member.applied, member.feed.number]).toEqual([['x=1', 'x=2'], 2]);
    await member.increase('x');
    expect([member.applied, member.feed.number]).toEqual([['x=1', 'x=2', 'x=3'], 3]);
    await network.close();
  });

  it('end when a newer version writes what they do not know', async () => {
    const [a, b] = members as [Member, Member];
    await a.increase('x');
    await fixture.ask(`UPDATE change_payloads SET kind = 'newer-in-a-test'`, url);
    await expect(b.increase('x')).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(b.database.isGivenUp).toBe(true);
    expect(b.database.fault()).toContain('does not know newer-in-a-test');
  });

  it('go on when a newer version writes what changes nothing that they have', async () => {
    const [a, b] = members as [Member, Member];
    await a.increase('x');
    await a.increase('x');
    await fixture.ask(`UPDATE change_payloads SET kind = 'newer-in-a-test?' WHERE number = 1`, url);
    await b.journal.follow();
    expect([b.applied, b.feed.number]).toEqual([['x=2'], 2]);
  });

  it('end when they have fallen behind further than is kept', async () => {
    const [a, b] = members as [Member, Member];
    await a.increase('x');
    await a.increase('x');
    await fixture.ask('DELETE FROM change_payloads WHERE number = 1', url);
    await expect(b.journal.follow()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(b.database.fault()).toContain('are not kept any more');
  });

  it('end when the database has lost what they have applied', async () => {
    const [a] = members as [Member, Member];
    await a.increase('x');
    await a.increase('x');
    await fixture.ask(
      `DELETE FROM change_log WHERE number = 2; DELETE FROM change_payloads WHERE number = 2;
       UPDATE counters SET last = 1 WHERE name = 'change_log'`,
      url,
    );
    await expect(a.increase('x')).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(a.database.fault()).toContain('a standby that lagged behind took over');
  });

  it('may all start at once on an empty database', async () => {
    const empty = await fixture.url();
    const opened = await Promise.all([1, 2, 3].map(() => fixture.opened(empty, { isShared: true })));
    expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('keep out a control plane that stands alone, and are kept out by one', async () => {
    await expect(fixture.opened(url)).rejects.toThrow('in use by another control plane');
    const alone = await fixture.url();
    await fixture.opened(alone);
    await expect(fixture.opened(alone, { isShared: true })).rejects.toThrow(
      'in use by another control plane',
    );
  });
});
