import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootFailure, ControlPlaneProcess } from '../support/control-plane-process.js';

describe('A control plane that cannot start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-boot-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.concurrent('says that another control plane uses the database, and leaves that one alone', async () => {
    const database = { DATABASE_URL: `sqlite:${join(folder, 'shared.db')}` };
    const first = await ControlPlaneProcess.start(database);
    const { code, text } = await bootFailure({ ...database, PORT: '0' });
    expect([code, text]).toEqual([1, expect.stringMatching(/DATABASE_URL.*in use by another process/)]);
    expect((await fetch(`${first.url}/healthz`)).status).toBe(204);
    await first.kill();
  });
});
