import {
  above,
  atLeast,
  atMost,
  below,
  type Database,
  missing,
  oneOf,
  present,
  type Transaction,
} from '../src/database/database.js';
import { flag, integer, json, real, type Row, table, text } from '../src/database/table.js';
import { TRANSITIONS } from '../src/database/transition.record.js';

/** Tables of the product, with more members than it gives them; the rows of these cases are invented. */
const TOKENS = table('tokens', {
  id: text().key(),
  kind: text(),
  names: json<readonly string[]>(),
  description: text(),
  hash: text(),
  createdAtMs: integer('created_at'),
});
const RESERVATIONS = table('reservations', {
  id: text().key(),
  provider: text(),
  resources: json<Readonly<Record<string, number>>>(),
  confirmed: flag(),
  expiresAtMs: integer('expires_at'),
  expiresPassedMs: integer('expires_passed').optional(),
  createdAtMs: integer('created_at'),
});
const UPTIME = table('uptime', {
  key: integer().key(),
  width: text().key(),
  startMs: integer('start_at').key(),
  up: integer(),
  warning: integer(),
  down: integer(),
  durationMs: real('duration_ms'),
});
const REMOVED = table('removed_services', {
  removal: integer().key(),
  id: text(),
  node: text(),
  registeredAt: integer(),
  leftMs: integer(),
});

/**
 * What every database has to do, whichever product it is.
 * @param open gives an empty database before each test, and closes it after it
 */
export function describeDatabase(
  where: string,
  open: () => Promise<Database>,
  close: () => Promise<void>,
): void {
  describe(`a database in ${where}`, () => {
    let database: Database;

    beforeEach(async () => {
      database = await open();
    });

    afterEach(close);

    const write = <T>(run: (transaction: Transaction) => Promise<T>): Promise<T> => database.transaction(run);
    const token = (id: string, more = {}) => ({
      id,
      kind: 'gateway',
      names: [id],
      description: 'é "x"',
      hash: 'h',
      createdAtMs: 2 ** 41,
      ...more,
    });

    it('gives back what was put, of every kind of column', async () => {
      const one = { id: 'r', provider: 'p', resources: { cpu: 0.5 }, confirmed: true, expiresAtMs: 2 ** 41 };
      const other = { ...one, id: 's', confirmed: false, expiresPassedMs: 1, createdAtMs: 1 };
      await write(async (transaction) => {
        await transaction.insert(RESERVATIONS, [{ ...one, expiresPassedMs: undefined, createdAtMs: 1 }]);
        await transaction.insert(RESERVATIONS, [other]);
        await transaction.insert(TOKENS, [token('a'), token('b'), token('c')]);
      });
      expect(await database.select(RESERVATIONS, { orderBy: ['id'] })).toEqual([
        { ...one, expiresPassedMs: undefined, createdAtMs: 1 },
        other,
      ]);
      expect(await database.select(TOKENS, { orderBy: ['id'] })).toEqual([
        token('a'),
        token('b'),
        token('c'),
      ]);
      expect(await database.count(TOKENS)).toBe(3);
    });

    it('writes all of a transaction, or nothing', async () => {
      await write((transaction) => transaction.insert(TOKENS, [token('a')]));
      const failing = write(async (transaction) => {
        await transaction.insert(TOKENS, [token('b')]);
        await transaction.number(TRANSITIONS, 'sequence', 5);
        await transaction.insert(TOKENS, [token('a')]);
      });
      await expect(failing).rejects.toThrow(/UNIQUE|duplicate key/);
      expect(await database.select(TOKENS, { members: ['id'] })).toEqual([{ id: 'a' }]);
      expect(await write((transaction) => transaction.number(TRANSITIONS, 'sequence', 1))).toBe(1);
    });

    it('overwrites what is given of rows that are there, and adds the others', async () => {
      await write(async (transaction) => {
        await transaction.insert(TOKENS, [token('a'), token('b')]);
        await transaction.put(TOKENS, [token('b', { hash: 'new', kind: 'x' }), token('c')], {
          overwrite: ['hash'],
        });
        await transaction.insert(TOKENS, [token('a', { hash: 'unseen' })], { ifMissing: true });
      });
      const rows = await database.select(TOKENS, { members: ['id', 'hash', 'kind'], orderBy: ['id'] });
      expect(rows.map(({ id, hash, kind }) => [id, hash, kind])).toEqual([
        ['a', 'h', 'gateway'],
        ['b', 'new', 'gateway'],
        ['c', 'h', 'gateway'],
      ]);
    });

    it('leaves a row as it is once the member is there that must be missing', async () => {
      const row = { id: 'r', provider: 'p', resources: {}, confirmed: false, expiresAtMs: 1, createdAtMs: 1 };
      const put = (provider: string, expiresPassedMs: number | undefined) =>
        write((transaction) =>
          transaction.put(RESERVATIONS, [{ ...row, provider, expiresPassedMs }], {
            whileMissing: 'expiresPassedMs',
          }),
        );
      await put('first', undefined);
      await put('second', 5);
      await put('third', 6);
      expect(await database.select(RESERVATIONS)).toMatchObject([{ provider: 'second', expiresPassedMs: 5 }]);
    });

    it('finds the row to overwrite by another unique member', async () => {
      const row = { id: 'x', node: '{}', registeredAt: 1, leftMs: 10 };
      await write(async (transaction) => {
        await transaction.put(REMOVED, [row], { by: ['id'] });
        await transaction.put(REMOVED, [{ ...row, leftMs: 20 }], { by: ['id'] });
        await transaction.increase(REMOVED, 'leftMs', -5);
      });
      expect(await database.select(REMOVED)).toMatchObject([{ id: 'x', leftMs: 15 }]);
    });

    it('patches rows that are there, each only while its guard holds, and counts them', async () => {
      await write((transaction) =>
        transaction.insert(TOKENS, [token('a'), token('b'), token('c', { kind: 'other' })]),
      );
      const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id, description: 'new', kind: 'changed' }));
      const guard = { member: 'kind', was: ['gateway', 'not this', 'other', 'gateway'] } as const;
      expect(await write((transaction) => transaction.patchFound(TOKENS, rows, guard))).toBe(2);
      const kinds = await database.select(TOKENS, { members: ['kind', 'description'], orderBy: ['id'] });
      expect(kinds.map(({ kind }) => kind)).toEqual(['changed', 'gateway', 'changed']);
      expect(kinds[1]?.description).toBe('é "x"');
    });

    it('updates the rows that are meant, and counts them, and removes them', async () => {
      await write((transaction) => transaction.insert(TOKENS, [token('a'), token('b', { hash: 'other' })]));
      expect(
        await write((transaction) => transaction.update(TOKENS, { kind: 'k' }, { id: 'a', hash: 'h' })),
      ).toBe(1);
      expect(
        await write((transaction) => transaction.update(TOKENS, { kind: 'k' }, { id: 'b', hash: 'h' })),
      ).toBe(0);
      await write((transaction) => transaction.remove(TOKENS, { id: oneOf(['a', 'z']) }));
      await write((transaction) => transaction.remove(TOKENS, { id: oneOf([]) }));
      expect(await database.select(TOKENS, { members: ['id', 'kind'] })).toEqual([
        { id: 'b', kind: 'gateway' },
      ]);
    });

    it('adds amounts to those that are there', async () => {
      const bucket = {
        key: 1,
        width: 'minute',
        startMs: 60_000,
        up: 2,
        warning: 0,
        down: 1,
        durationMs: 1.5,
      };
      const sums = ['up', 'warning', 'down', 'durationMs'] as const;
      for (let times = 0; times < 2; times++) {
        await write((transaction) => transaction.accumulate(UPTIME, [bucket, { ...bucket, key: 2 }], sums));
      }
      const doubled = { ...bucket, up: 4, down: 2, durationMs: 3 };
      expect(await database.select(UPTIME, { orderBy: ['key'] })).toEqual([doubled, { ...doubled, key: 2 }]);
    });

    it('reads the rows that are meant, in order, some at a time', async () => {
      const rows = ['a', 'b', 'c', 'd', 'e'].map((id, index) => token(id, { createdAtMs: index }));
      await write((transaction) => transaction.insert(TOKENS, rows));
      const ids = async (
        selection: Parameters<typeof database.select<(typeof rows)[0]>>[1],
      ): Promise<string> =>
        (await database.select(TOKENS, { orderBy: ['id'], ...selection })).map(({ id }) => id).join('');
      expect(await ids({ where: { id: above('b') } })).toBe('cde');
      expect(await ids({ where: { createdAtMs: atLeast(3) } })).toBe('de');
      expect(await ids({ where: { createdAtMs: below(2), kind: oneOf(['gateway', 'x']) } })).toBe('ab');
      expect(await ids({ where: { createdAtMs: atMost(2) }, descending: true, limit: 2 })).toBe('cb');
      expect(await ids({ limit: 2, offset: 3 })).toBe('de');
      const pages: string[] = [];
      for await (const page of database.pages(TOKENS, 'id', 2)) pages.push(page.map(({ id }) => id).join(''));
      expect(pages).toEqual(['ab', 'cd', 'e']);
      expect(await database.max(TOKENS, 'createdAtMs')).toBe(4);
    });

    it('keeps what there is of a table that is compacted', async () => {
      await write((transaction) => transaction.insert(TOKENS, [token('a'), token('b')]));
      await write((transaction) => transaction.remove(TOKENS, { id: 'a' }));
      await database.compact(TOKENS);
      await database.checkpoint();
      expect(await database.select(TOKENS)).toEqual([token('b')]);
    });

    it('knows what is missing', async () => {
      const row = { provider: 'p', resources: {}, confirmed: false, expiresAtMs: 1, createdAtMs: 1 };
      await write(async (transaction) => {
        await transaction.insert(RESERVATIONS, [{ ...row, id: 'a', expiresPassedMs: undefined }]);
        await transaction.insert(RESERVATIONS, [{ ...row, id: 'b', expiresPassedMs: 1 }]);
      });
      const members = ['id'] as const;
      expect(await database.select(RESERVATIONS, { members, where: { expiresPassedMs: missing } })).toEqual([
        { id: 'a' },
      ]);
      expect(await database.select(RESERVATIONS, { members, where: { expiresPassedMs: present } })).toEqual([
        { id: 'b' },
      ]);
    });

    it('undoes an attempt that is not kept, the numbers that it took too', async () => {
      const kept = await write(async (transaction) => {
        const isKept = await transaction.attempt(async () => {
          await transaction.number(TRANSITIONS, 'sequence', 7);
          await transaction.insert(TOKENS, [token('a')]);
          return false;
        });
        return [isKept, await transaction.number(TRANSITIONS, 'sequence', 1)];
      });
      expect(kept).toEqual([false, 1]);
      expect(await database.count(TOKENS)).toBe(0);
    });

    it('orders texts by code points, whatever the language and the encoding', async () => {
      const sorted = ['', 'Z', 'Zz', 'a', 'b', 'é', '\uff5e', '\u{1f600}'];
      await write((transaction) =>
        transaction.insert(
          TOKENS,
          sorted.toReversed().map((id) => token(id)),
        ),
      );
      const ids = async (selection: object): Promise<string[]> =>
        (await database.select(TOKENS, { orderBy: ['id'], ...selection })).map(({ id }) => id);
      expect(await ids({})).toEqual(sorted);
      expect(await ids({ descending: true })).toEqual(sorted.toReversed());
      expect(await ids({ where: { id: above('\uff5e') } })).toEqual(['\u{1f600}']);
      const paged: string[] = [];
      for await (const page of database.pages(TOKENS, 'id', 3)) paged.push(...page.map(({ id }) => id));
      expect(paged).toEqual(sorted);
    });

    it('keeps whole numbers up to 2^53 exactly, and refuses those beyond', async () => {
      const most = Number.MAX_SAFE_INTEGER;
      const rows = [most, -most].map((createdAtMs, index) => token(`${index}`, { createdAtMs }));
      await write((transaction) => transaction.insert(TOKENS, rows));
      expect(await database.select(TOKENS, { orderBy: ['id'] })).toEqual(rows);
      for (const createdAtMs of [2 ** 53, -(2 ** 53), Number.POSITIVE_INFINITY, Number.NaN]) {
        const beyond = write((transaction) => transaction.put(TOKENS, [token('x', { createdAtMs })]));
        await expect(beyond).rejects.toThrow(RangeError);
      }
      await write((transaction) => transaction.increase(TOKENS, 'createdAtMs', 1));
      await expect(database.select(TOKENS)).rejects.toThrow(/a row of the table tokens .* cannot be read/);
      expect(await database.count(TOKENS)).toBe(2);
    });

    it.each([
      ['U+0000', 'a\0b'],
      ['half of a surrogate pair', 'a\ud83d'],
    ])('takes no text with %s, and keeps it within JSON', async (_what, unstorable) => {
      const put = (row: object) => write((transaction) => transaction.put(TOKENS, [token('a', row)]));
      await expect(put({ description: unstorable })).rejects.toThrow(RangeError);
      await expect(write((transaction) => transaction.insert(TOKENS, [token(unstorable)]))).rejects.toThrow(
        /^a text of the database must not contain U\+/,
      );
      expect(await database.count(TOKENS)).toBe(0);
      await put({ names: [unstorable] });
      expect(await database.select(TOKENS)).toEqual([token('a', { names: [unstorable] })]);
    });

    it('keeps the cause of a transition, whatever it quotes', async () => {
      const transition = {
        sequence: 1,
        kind: 'check',
        subject: 'a',
        from: 'Pending',
        to: 'Critical',
        atMs: 1,
      };
      const row = { ...transition, suppressed: undefined } as Row<typeof TRANSITIONS>;
      await write((transaction) =>
        transaction.insert(TRANSITIONS, [{ ...row, cause: 'it said "\0\ud83d😀"' }]),
      );
      expect(await database.select(TRANSITIONS)).toEqual([{ ...row, cause: 'it said "\ufffd\ufffd😀"' }]);
    });

    it('writes a row once in one statement, and nothing of one that names it twice', async () => {
      const twice = [token('b'), token('a'), token('b', { hash: 'other' })];
      const bucket = { key: 1, width: 'day', startMs: 1, up: 1, warning: 0, down: 0, durationMs: 1 };
      const [buckets, removed] = [
        [bucket, { ...bucket }],
        { id: 'x', node: '{}', registeredAt: 1, leftMs: 1 },
      ];
      const writes: ((transaction: Transaction) => Promise<unknown>)[] = [
        (transaction) => transaction.insert(TOKENS, twice),
        (transaction) => transaction.insert(TOKENS, twice, { ifMissing: true }),
        (transaction) => transaction.put(TOKENS, twice),
        (transaction) => transaction.put(REMOVED, [removed, removed], { by: ['id'] }),
        (transaction) => transaction.patchFound(TOKENS, twice, { member: 'hash', was: ['h', 'h', 'h'] }),
        (transaction) => transaction.accumulate(UPTIME, buckets, ['up']),
      ];
      for (const run of writes) {
        const failing = write(async (transaction) => {
          await transaction.insert(TOKENS, [token('before')]);
          await run(transaction);
        });
        await expect(failing).rejects.toThrow(/^one statement writes a row of \w+ twice: \[/);
      }
      for (const empty of [TOKENS, REMOVED, UPTIME])
        expect(await database.count<never>(empty as never)).toBe(0);
    });

    it('keeps nothing of a transaction of which the database refused a write, whatever was asked after it', async () => {
      const refused = [token('a'), token('b')];
      await write((transaction) => transaction.insert(TOKENS, refused.slice(0, 1)));
      const after: ((transaction: Transaction) => Promise<unknown>)[] = [
        async () => undefined,
        (transaction) => transaction.insert(TOKENS, [token('c')]),
        (transaction) => transaction.select(TOKENS),
        (transaction) => transaction.attempt(async () => true),
      ];
      for (const ask of after) {
        const failing = write(async (transaction) => {
          await transaction.insert(TOKENS, [token('before')]);
          await transaction.insert(TOKENS, refused);
          await ask(transaction);
        });
        await expect(failing).rejects.toThrow(/unique|there already/i);
      }
      expect(await database.select(TOKENS, { members: ['id'] })).toEqual([{ id: 'a' }]);
    });

    it('writes the rows of a statement in the order of their keys, each with its own guard', async () => {
      const rows = ['c', 'a', 'b'].map((id) => token(id, { hash: `of ${id}` }));
      await write((transaction) => transaction.insert(TOKENS, rows));
      const patched = rows.map(({ id }) => ({ id, description: `new ${id}` }));
      const guard = { member: 'hash', was: ['of c', 'of a', 'not this'] } as const;
      expect(await write((transaction) => transaction.patchFound(TOKENS, patched, guard))).toBe(2);
      const told = await database.select(TOKENS, { orderBy: ['id'] });
      expect(told.map(({ id, description }) => [id, description])).toEqual([
        ['a', 'new a'],
        ['b', 'é "x"'],
        ['c', 'new c'],
      ]);
    });
  });
}
