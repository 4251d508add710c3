import 'reflect-metadata';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { loaded, TestDatabase } from '../../../../test/sqlite-fixture.js';
import { sqliteOptions } from '../data-source.js';
import { ProvidersAndTransitions1763700000000 } from './1-providers-and-transitions.js';

const REGISTRATION = { name: 'a', endpoint: 'http://vm', service_type: 'vm', schema_version: '1' };

/** Makes a database of the first version, with one provider that was heard and one transition. */
async function makeFirstVersion(path: string): Promise<void> {
  const options = { ...sqliteOptions(path), migrations: [ProvidersAndTransitions1763700000000] };
  const source = await new DataSource(options).initialize();
  await source.query(
    `INSERT INTO providers VALUES ('a', 'id-a', 3, ?, 1, '{"capacity":{"cpu":8},"allocated":{},"capabilities":[]}',
       'Ready', 2, 3, 11000, 'Available', 4, 1, 1)`,
    [JSON.stringify(REGISTRATION)],
  );
  await source.query(
    `INSERT INTO transitions VALUES (1, 'provider', 'a', 'Unknown', 'Available', 'first heartbeat', 4)`,
  );
  await source.destroy();
}

describe('migrations', () => {
  it('keep every provider and transition of the first version, there and back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitals-migrations-'));
    const first = join(folder, 'first.db');
    const path = join(folder, 'vitals.db');
    await makeFirstVersion(first);
    // the lock of a connection lasts a while longer than the connection
    for (const suffix of ['', '-wal'])
      if (existsSync(first + suffix)) copyFileSync(first + suffix, path + suffix);
    const source = await new DataSource(sqliteOptions(path)).initialize();
    try {
      const database = new TestDatabase(source);
      const state = await loaded(database);
      expect(state).toMatchObject({
        providers: [
          {
            registration: REGISTRATION,
            id: 'id-a',
            generation: 3,
            registeredAtMs: 1,
            info: { capacity: { cpu: 8 } },
            phase: 'Ready',
            reportedAtMs: 2,
            heardAtMs: 3,
            advertisedMs: 11_000,
            availability: 'Available',
            stateSinceMs: 4,
            cordoned: true,
            drainRequested: false,
            tokenHash: undefined,
            lastSequence: 1,
          },
        ],
        lastSequence: 1,
      });
      expect(await database.transitions(0, 10)).toMatchObject([{ subject: 'a', sequence: 1 }]);
      for (let left = source.migrations.length; left > 1; left--) await source.undoLastMigration();
      expect(await source.query('SELECT name, generation, phase, cordoned FROM providers')).toEqual([
        { name: 'a', generation: 3, phase: 'Ready', cordoned: 1 },
      ]);
    } finally {
      await source.destroy();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
