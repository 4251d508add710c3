import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registration, sendTo, until } from '../support/control-plane.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';

describe('kill -9 of the control plane', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-restart-'));
  const environment = {
    DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}`,
    VITALS_HEARTBEAT_INTERVAL: '1s',
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const beat = (url: string, name: string, phase: string): Promise<{ status: number }> =>
    sendTo(url, 'PUT', `/providers/${name}/status`, { timestamp: new Date().toISOString(), phase });
  const status = async (url: string, name: string): Promise<Record<string, unknown>> =>
    (await sendTo(url, 'GET', `/providers/${name}/status`)).body;

  it('loses no acknowledged phase, marks nobody falsely, and still finds who stays silent', async () => {
    let plane = await ControlPlaneProcess.start(environment);
    for (const name of ['returns', 'dies']) {
      await sendTo(plane.url, 'POST', '/providers', registration(name));
      expect((await beat(plane.url, name, 'Ready')).status).toBe(200);
    }
    expect((await beat(plane.url, 'returns', 'Draining')).status).toBe(200);
    await plane.kill();

    plane = await ControlPlaneProcess.start(environment);
    try {
      expect(await status(plane.url, 'returns')).toMatchObject({
        phase: 'Draining',
        availability: 'Unknown',
        placeable: false,
      });
      expect(await status(plane.url, 'dies')).toMatchObject({
        phase: 'Ready',
        availability: 'Unknown',
        placeable: true,
      });
      const log = async (): Promise<{ subject: string; from: string; to: string }[]> =>
        (await sendTo(plane.url, 'GET', '/transitions')).body['transitions'] as never;
      expect(await log()).toHaveLength(2);
      await beat(plane.url, 'returns', 'Draining');
      expect(await status(plane.url, 'returns')).toMatchObject({ availability: 'Available' });
      const keepAlive = setInterval(() => void beat(plane.url, 'returns', 'Draining'), 500);
      await until(9_000, log, (rows) => rows.length > 2);
      clearInterval(keepAlive);
      expect((await log()).slice(2)).toMatchObject([
        { subject: 'dies', from: 'Available', to: 'Unavailable' },
      ]);
    } finally {
      await plane.kill();
    }

    plane = await ControlPlaneProcess.start(environment);
    try {
      expect(await status(plane.url, 'dies')).toMatchObject({
        availability: 'Unavailable',
        placeable: false,
      });
    } finally {
      expect(await plane.kill('SIGTERM')).toBe(0);
    }
  });
});
