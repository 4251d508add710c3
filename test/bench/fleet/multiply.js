import Database from 'libsql';

/** The tables with a row for each provider, and what of a copy differs from its original. */
const TABLES = {
  providers: {
    key: (shift) => `key + ${shift}`,
    name: (shift) => `name || '-${shift}'`,
    id: (shift) => `id || '-${shift}'`,
    registration: (shift) => `json_set(registration, '$.name', name || '-${shift}')`,
  },
  leases: { key: (shift) => `key + ${shift}` },
};

/**
 * Makes the database of a control plane that is not running hold `factor` times as many providers: copies of
 * all, under keys, names and ids of their own.
 */
export function multiplyProviders(file, factor) {
  const database = new Database(file);
  try {
    database.exec('PRAGMA synchronous = OFF; BEGIN');
    const { most } = database.prepare('SELECT max(key) AS most FROM providers').get();
    for (const [table, differing] of Object.entries(TABLES)) {
      database.exec(`CREATE TEMP TABLE originals AS SELECT * FROM ${table}`);
      const columns = database.prepare(`PRAGMA table_info(${table})`).all();
      const names = columns.map(({ name }) => name);
      for (let copy = 1; copy < factor; copy++) {
        const values = names.map((name) => differing[name]?.(copy * most) ?? name);
        database.exec(`INSERT INTO ${table} (${names.join()}) SELECT ${values.join()} FROM originals`);
      }
      database.exec('DROP TABLE originals');
    }
    database.exec('COMMIT');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
}
