import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registration, sendTo, until } from '../support/control-plane.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';

describe('kill -9 of the control plane', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-restart-'));
  const environment = { DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}` };
  /** Leases are short, or so long that none ends while a process starts. */
  const quick = { ...environment, VITALS_HEARTBEAT_INTERVAL: '1s', VITALS_HEARTBEAT_GRACE: '1s' };
  let plane: ControlPlaneProcess;

  afterAll(async () => {
    await plane?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const beat = async (name: string, phase: string): Promise<number> => {
    const timestamp = new Date().toISOString();
    return (await sendTo(plane.url, 'PUT', `/providers/${name}/status`, { timestamp, phase })).status;
  };
  const status = async (name: string): Promise<Record<string, unknown>> =>
    (await sendTo(plane.url, 'GET', `/providers/${name}/status`)).body;
  const log = async (): Promise<{ subject: string; from: string; to: string }[]> =>
    (await sendTo(plane.url, 'GET', '/transitions')).body['transitions'] as never;

  it('loses no acknowledged phase, marks nobody falsely, and still finds who stays silent', async () => {
    plane = await ControlPlaneProcess.start(quick);
    for (const name of ['returns', 'dies']) {
      await sendTo(plane.url, 'POST', '/providers', registration(name));
      expect(await beat(name, 'Ready')).toBe(200);
    }
    expect(await beat('returns', 'Draining')).toBe(200);
    await plane.kill();

    plane = await ControlPlaneProcess.start(environment);
    expect(await status('returns')).toMatchObject({
      phase: 'Draining',
      availability: 'Unknown',
      placeable: false,
    });
    expect(await status('dies')).toMatchObject({ phase: 'Ready', availability: 'Unknown', placeable: true });
    expect(await log()).toHaveLength(2);
    expect(await beat('returns', 'Maintenance')).toBe(200);
    expect(await status('returns')).toMatchObject({ availability: 'Available' });
    await plane.kill();

    // who was told to come back after ten seconds is not missed before that
    plane = await ControlPlaneProcess.start(quick);
    await until(30_000, log, (rows) => rows.length > 2);
    expect((await log()).slice(2)).toMatchObject([{ subject: 'dies', from: 'Available', to: 'Unavailable' }]);
    await plane.kill();

    plane = await ControlPlaneProcess.start(environment);
    expect(await status('dies')).toMatchObject({ availability: 'Unavailable', placeable: false });
    expect(await plane.kill('SIGTERM')).toBe(0);
  });
});
