import { integer, json, table, text } from './table.js';

const THINGS = table('things', {
  key: integer().key(),
  name: text(),
  said: json<object>(),
  toldMs: integer('told'),
});
const ROW = { key: 7, name: 'a', said: '{}', toldMs: 1 };

describe('A row that cannot be read', () => {
  it.each([
    [
      'JSON that was cut off',
      { said: '{"secret":' },
      'things (key 7) cannot be read: its said is not valid JSON. ',
    ],
    [
      'a number beyond 2^53',
      { toldMs: '9007199254740993' },
      'things (key 7) cannot be read: its told does not hold what it should. ',
    ],
    [
      'a key that is none',
      { key: 'x' },
      'things (key "x") cannot be read: its key does not hold what it should. ',
    ],
  ])(
    'for %s is told with its table and key, what to do, and nothing of what it holds',
    (_what, more, words) => {
      const read = (): unknown => THINGS.decode({ ...ROW, ...more }, THINGS.members);
      const advice =
        'Something else wrote to the database: restore a backup, or correct the row while the control plane is stopped';
      expect(read).toThrow(
        expect.objectContaining({
          code: 'settings-invalid',
          message: `DATABASE_URL: a row of the table ${words}${advice}`,
        }),
      );
    },
  );

  it('is told without its key if that was not asked for', () => {
    expect(() => THINGS.decode({ said: '' }, ['said'])).toThrow(
      /a row of the table things cannot be read: its said/,
    );
  });
});
