import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { registration, sendTo, until } from '../support/control-plane.js';
import { bootFailure } from '../support/control-plane-process.js';
import { DatabaseFolder } from '../support/database-folder.js';

describe('A database file that disappears while the control plane runs', () => {
  it.concurrent(
    'acknowledges nothing more once another control plane has begun a new file there, and spares that',
    () =>
      DatabaseFolder.with(async (data) => {
        await data.start();
        const first = data.plane;
        expect((await data.register('a')).status).toBe(201);
        rmSync(data.folder, { recursive: true });
        mkdirSync(data.folder);
        await data.start();
        expect(data.plane.output).toContain('(new): 0 providers');
        const { status, body } = await sendTo(first.url, 'POST', '/providers', registration('b'));
        expect([status, body['detail']]).toEqual([503, expect.stringContaining('another file lies at')]);
        expect((await sendTo(first.url, 'GET', '/health/ready')).status).toBe(503);
        expect((await data.register('c')).status).toBe(201);
        await first.kill('SIGTERM');
        expect((await data.register('d')).status).toBe(201);
        await data.plane.kill();
        await data.start();
        expect(await data.names()).toEqual(['c', 'd']);
      }),
  );

  it.concurrent('says that the file was cut off, and does not write to it', () =>
    DatabaseFolder.with(async (data) => {
      await data.start();
      await data.register('a');
      truncateSync(data.path, 0);
      expect((await data.register('b')).body['detail']).toMatch(/another program changed .*restore a backup/);
      expect(await data.ready()).toBe(503);
      await data.plane.kill('SIGTERM');
      expect(statSync(data.path).size).toBe(0);
      expect((await bootFailure({ ...data.database, PORT: '0' })).text).toMatch(
        /0 bytes.*[Rr]estore a backup/,
      );
    }),
  );

  it.concurrent('goes on when only the WAL was removed, and loses nothing', () =>
    DatabaseFolder.with(async (data) => {
      await data.start();
      await data.register('a');
      rmSync(`${data.path}-wal`);
      // nobody writes: it is found by itself
      await until(
        30_000,
        () => data.ready(),
        (status) => status === 200 && existsSync(`${data.path}-wal`),
      );
      expect((await data.register('b')).status).toBe(201);
      await data.plane.kill();
      await data.start();
      expect(await data.names()).toEqual(['a', 'b']);
    }),
  );
});

describe('The database at boot', () => {
  it.concurrent('in memory is said to last no longer than the process', () =>
    DatabaseFolder.with(async (data) => {
      await data.start({ DATABASE_URL: 'sqlite::memory:' });
      expect(data.plane.output).toContain('in memory: nothing outlasts this process');
    }),
  );

  it.concurrent('is refused if a newer version migrated it, and not a byte of it or of its WAL changes', () =>
    DatabaseFolder.with(async (data) => {
      await data.start();
      await data.register('a');
      await data.plane.kill();
      const migrate = `
        const database = new (require('libsql'))(${JSON.stringify(data.path)});
        database.exec("INSERT INTO migrations (timestamp, name) VALUES (9e12, 'Tomorrow9000000000000')");
        process.kill(process.pid, 'SIGKILL');`;
      expect(() => execFileSync(process.execPath, ['-e', migrate])).toThrow();
      const bytes = (): string[] => ['', '-wal'].map((suffix) => readFileSync(data.path + suffix, 'latin1'));
      rmSync(`${data.path}-shm`, { force: true });
      const before = bytes();
      const { code, text } = await bootFailure({ ...data.database, PORT: '0' });
      expect([code, text]).toEqual([
        1,
        expect.stringMatching(/newer version \(Tomorrow9000000000000; .*restore a backup/),
      ]);
      expect(text).not.toMatch(/\n\s+at /);
      expect(bytes()).toEqual(before);
    }),
  );

  it.concurrent.each<[what: string, make: (data: DatabaseFolder) => void, says: RegExp]>([
    [
      'no folder',
      ({ folder }) => rmSync(folder, { recursive: true }),
      /the folder .* does not exist.*mkdir -p/,
    ],
    ['an empty file', ({ path }) => writeFileSync(path, ''), /0 bytes/],
    ['a WAL without its file', ({ path }) => writeFileSync(`${path}-wal`, 'x'), /is there without/],
  ])('is refused where there is %s, in one sentence', (_what, make, says) =>
    DatabaseFolder.with(async (data) => {
      make(data);
      const { code, text } = await bootFailure({ ...data.database, PORT: '0' });
      expect([code, text]).toEqual([1, expect.stringMatching(says)]);
      expect(text.trim().split('\n')).toHaveLength(1);
    }),
  );
});
