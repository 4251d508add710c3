import { describeDatabase } from '../../apps/control-plane/test/database.suite.js';
import { PostgresFixture } from './postgres.fixture.js';
import { startPostgres } from './services/postgres.js';
import { provideService } from './services/provide-service.js';
import type { Service } from './services/service.js';

const service = await provideService('PostgreSQL', startPostgres);

if (service) {
  const fixture = new PostgresFixture(service as Service);
  describeDatabase(
    'PostgreSQL',
    () => fixture.opened(),
    () => fixture.close(),
  );
}
