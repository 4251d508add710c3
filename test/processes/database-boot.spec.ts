import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { bootFailure } from '../support/control-plane-process.js';
import { DatabaseFolder } from '../support/database-folder.js';

describe('The database at boot', () => {
  it.concurrent(
    'is its owner’s alone whatever the umask, and says what it holds; a clean stop leaves one file',
    () =>
      DatabaseFolder.with(async (data) => {
        const umask = process.umask(0);
        await data.start().finally(() => process.umask(umask));
        expect(data.plane.output).toMatch(
          /database \S+vitals\.db \(new\): 0 providers, 0 services, 0 checks/,
        );
        await data.register('a');
        await data.ask('PUT', '/checks/c', { type: 'ttl', interval: '1h' });
        for (const name of [data.path, `${data.path}-wal`]) expect(statSync(name).mode & 0o777).toBe(0o600);
        expect(await data.plane.kill('SIGTERM')).toBe(0);
        expect(existsSync(`${data.path}-wal`)).toBe(false);
        chmodSync(data.path, 0o644);
        await data.start();
        expect(data.plane.output).toMatch(/vitals\.db: 1 providers, 0 services, 1 checks/);
        expect(statSync(data.path).mode & 0o777).toBe(0o600);
      }),
  );

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
