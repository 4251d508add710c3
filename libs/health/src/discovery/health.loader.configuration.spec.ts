import { boot, checkClass, idsOf, recordingLogger } from '../../test/health-app.js';
import { HealthRegistry } from './health.registry.js';

const Disk = checkClass({}, () => true, 'Disk');

describe('HealthLoader, configuration', () => {
  it('leaves out what configuration switches off, and names its component as one without a ping', async () => {
    const db = checkClass({ name: 'db', component: { name: 'db', type: 'state' } }, () => false, 'Db');
    const app = await boot({ providers: [db, Disk], health: { checks: { db: { enabled: false } } } });
    const registry = app.get(HealthRegistry);
    expect(registry.select().map(({ id }) => id)).toEqual(['Disk#check']);
    expect(registry.components()).toMatchObject([{ name: 'db', ping: undefined }]);
  });

  it('switches checks off by the environment, and warns of a variable that names none', async () => {
    process.env['HEALTH_CHECK_DISK_CHECK_ENABLED'] = 'false';
    process.env['HEALTH_CHECK_DISC_ENABLED'] = 'false';
    try {
      const { lines, logger } = recordingLogger();
      expect(await idsOf({ providers: [Disk], logger })).toEqual([]);
      expect(lines.warn).toEqual(['HEALTH_CHECK_DISC_ENABLED names no health check of this app']);
    } finally {
      delete process.env['HEALTH_CHECK_DISK_CHECK_ENABLED'];
      delete process.env['HEALTH_CHECK_DISC_ENABLED'];
    }
  });

  it('fails the boot for a check or group in the configuration that is not there', async () => {
    const health = { groups: { storage: { enabled: false } } };
    await expect(boot({ providers: [Disk], health })).rejects.toThrow(/groups names "storage"/);
  });
});
