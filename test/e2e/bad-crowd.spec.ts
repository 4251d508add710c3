import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registration, sendTo, TestControlPlane } from '../support/control-plane.js';
import { ControlPlaneProcess } from '../support/control-plane-process.js';
import { RawConnection, rawRequest } from '../support/raw-connection.js';

describe('One client that registers without end', () => {
  it('is stopped at VITALS_MAX_PROVIDERS with a 503; those that are registered go on', async () => {
    const plane = await TestControlPlane.start({ VITALS_MAX_PROVIDERS: '5' });
    const statuses = [];
    for (let index = 0; index < 8; index++) statuses.push((await plane.register(`p${index}`)).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 503, 503, 503]);
    const refused = await plane.send('PUT', '/providers/p9', registration('p9'));
    expect([refused.status, refused.headers.get('retry-after'), refused.body['code']]).toEqual([
      503,
      '1',
      'overloaded',
    ]);
    expect([(await plane.register('p1')).status, (await plane.beat('p1')).status]).toEqual([200, 200]);
    await plane.send('DELETE', '/providers/p2');
    expect((await plane.register('p9')).status).toBe(201);
    await plane.stop();
  });
});

describe('SIGTERM while a fleet beats over connections that it keeps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-stop-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('ends the process with 0: every answer that was begun is given, and what was acknowledged is kept', async () => {
    const environment = { DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}` };
    const first = await ControlPlaneProcess.start(environment);
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    for (const name of names) await sendTo(first.url, 'POST', '/providers', registration(name));
    const acknowledged = new Map<string, string>();
    const tried = new Map<string, string>();
    const beating = names.map(async (name) => {
      const connection = await RawConnection.open(first.url);
      for (let sent = 1; !connection.ended && !connection.closed; sent++) {
        const phase = sent % 2 ? 'NotReady' : 'Ready';
        tried.set(name, phase);
        const beat = { timestamp: new Date().toISOString(), phase };
        connection.send(rawRequest(`PUT /providers/${name}/status`, beat));
        const answers = await connection.answers(sent);
        if (answers.length === sent && answers.at(-1)?.status === 200) acknowledged.set(name, phase);
      }
      connection.destroy();
    });
    while (acknowledged.size < names.length) await new Promise((resume) => setTimeout(resume, 10));
    expect(await first.kill('SIGTERM')).toBe(0);
    await Promise.all(beating);
    const second = await ControlPlaneProcess.start(environment);
    for (const name of names) {
      const { body } = await sendTo(second.url, 'GET', `/providers/${name}`);
      expect([acknowledged.get(name), tried.get(name)]).toContain(body['phase']);
    }
    await second.kill();
  });
});
