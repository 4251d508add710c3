import { describeDatabase } from '../../test/database.suite.js';
import { MemoryDatabase } from '../../test/memory.database.js';
import { SqliteFixture } from '../../test/sqlite-fixture.js';

let files: SqliteFixture;

describeDatabase(
  'SQLite',
  () => (files = new SqliteFixture()).opened(),
  () => files.close(),
);

describeDatabase(
  'memory',
  async () => new MemoryDatabase(),
  async () => undefined,
);
