import { BackedUp } from '../support/backed-up.js';
import { TestControlPlane } from '../support/control-plane.js';

describe('A control plane in memory', () => {
  it('says that there is nothing to back up', () =>
    BackedUp.with(async (data) => {
      const inMemory = await TestControlPlane.start({ VITALS_BACKUP_DIR: data.backups });
      try {
        expect(await inMemory.send('POST', '/backups', {})).toMatchObject({
          status: 409,
          body: { code: 'backup-conflict' },
        });
      } finally {
        await inMemory.stop();
      }
    }));
});
