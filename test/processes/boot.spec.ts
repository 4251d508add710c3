import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootFailure } from '../support/control-plane-process.js';

describe('A control plane that cannot start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-boot-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const memory = { DATABASE_URL: 'sqlite::memory:' };

  it.concurrent.each([
    ['a port that is no number', { ...memory, PORT: 'many' }, ['PORT']],
    [
      'several faults at once',
      {
        PORT: '0x',
        HOST: '0.0.0.0',
        DATABASE_URL: 'mysql://vitals:hunter2@db/vitals',
        KAFKA_BROKERS: 'kafka',
        LOG_LEVEL: 'loud',
        VITALS_MISSED_BEATS: '-1',
        VITALS_HEARTBEAT_INTERVAL: '1500ms',
        VITALS_REGISTRATION_TOKEN: 'hunter2',
        VITALS_HEARBEAT_INTERVAL: '10s',
      },
      [
        'PORT',
        'HOST',
        'VITALS_INSECURE',
        'DATABASE_URL',
        'postgres://<user>',
        'KAFKA_BROKERS',
        'LOG_LEVEL',
        'VITALS_MISSED_BEATS',
        'VITALS_HEARTBEAT_INTERVAL',
        'VITALS_REGISTRATION_TOKEN',
        'did you mean `VITALS_HEARTBEAT_INTERVAL`?',
      ],
    ],
    ['a database below /proc', { DATABASE_URL: 'sqlite:/proc/vitals/v.db' }, ['DATABASE_URL', '/proc']],
    ['a folder as its database', { DATABASE_URL: `sqlite:${folder}` }, ['DATABASE_URL', 'not a file']],
  ])(
    'says why for %s, in one message without a stack, and exits with 1',
    async (_what, environment, words) => {
      const { code, text } = await bootFailure(environment);
      expect(code).toBe(1);
      for (const word of words) expect(text).toContain(word);
      expect(text).not.toMatch(/\n\s+at |hunter2/);
    },
  );

  it.concurrent('says that a file is not a valid database', async () => {
    const path = join(folder, 'text.db');
    writeFileSync(
      path,
      'this is not a valid database at all, and long enough to be read as a header '.repeat(20),
    );
    const { code, text } = await bootFailure({ DATABASE_URL: `sqlite:${path}` });
    expect([code, text]).toEqual([1, expect.stringContaining('DATABASE_URL')]);
    expect(text).not.toMatch(/\n\s+at /);
  });

  it('refuses a folder of backups that is set and missing, before it opens the database', async () => {
    const missing = join(folder, 'unmounted');
    const { code, text } = await bootFailure({ ...memory, VITALS_BACKUP_DIR: missing });
    expect([code, text]).toEqual([
      1,
      expect.stringContaining(`VITALS_BACKUP_DIR: the folder ${missing} does not exist. Mount the volume`),
    ]);
  });

  it.concurrent('says that the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, text } = await bootFailure({ ...memory, PORT: String(port) });
    server.close();
    expect([code, text]).toEqual([1, expect.stringMatching(new RegExp(`PORT.*${port}.*in use`))]);
    expect(text).not.toMatch(/\n\s+at /);
  });
});
