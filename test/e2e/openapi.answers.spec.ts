import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registration, TestControlPlane } from '../support/control-plane.js';
import { Conformity } from '../support/openapi/conformity.js';
import { type Document, operationsOf } from '../support/openapi/document.js';
import { RecordedClient } from '../support/openapi/recorded.js';

const ADMIN = 'the-administrator';
const REGISTRATION = 'only-new-names-here';
const AT = '2026-01-31T10:00:00Z';
const BEAT = { timestamp: AT, phase: 'Ready' };
const FULL = {
  display_name: 'The first',
  operations: ['create'],
  labels: { tier: 'gold' },
  metadata: { region_code: 'r1', zone: 'z1', rack: 7, resources: { total_cpu: '8', total_memory: '32GB' } },
};

/** Bodies that are taken, so that something else is refused. */
const VALID: Readonly<Record<string, object>> = {
  sendHeartbeat: BEAT,
  sendHeartbeats: { items: [] },
  updateProviderResources: { timestamp: AT, capacity: {} },
};

describe('What the control plane answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitals-answers-'));
  let plane: TestControlPlane;
  let document: Document;
  let conformity: Conformity;
  let admin: RecordedClient;
  beforeAll(async () => {
    plane = await TestControlPlane.start({
      DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}`,
      VITALS_ADMIN_TOKEN: ADMIN,
      VITALS_REGISTRATION_TOKEN: REGISTRATION,
      VITALS_RATE_LIMIT: '0',
    });
    document = (await (await fetch(`${plane.url}/openapi.json`)).json()) as Document;
    conformity = new Conformity(document);
    admin = new RecordedClient(plane.url, conformity, ADMIN);
  });
  afterAll(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true });
  });

  it('is as described for every call that succeeds', async () => {
    const { body: p1 } = await admin
      .as(REGISTRATION)
      .send('POST', '/providers?id=one', registration('p1', FULL));
    const p1Token = admin.as(String(p1['token']));
    const { name: _name, ...nameless } = registration('p2') as { name: string };
    await admin.send('PUT', '/providers/p2', nameless);
    await admin.send('PUT', '/providers/p2', nameless);
    await admin.send('POST', '/providers', registration('p2', FULL));
    await p1Token.send('GET', '/providers/p1');
    await p1Token.send('GET', '/providers/p1/status');
    await p1Token.send('PUT', '/providers/p1/status', { ...BEAT, resources: { cpu: 9 }, generation: 1 });
    await p1Token.send('PATCH', '/providers/p1/resources', {
      timestamp: AT,
      capacity: { cpu: 16, memory: '64GiB' },
      allocated: { cpu: '500m' },
      capabilities: ['gpu'],
    });
    const { body: given } = await admin.send('POST', '/tokens', {
      kind: 'gateway',
      names: ['p*'],
      description: 'g',
    });
    const items = [
      { name: 'p1', ...BEAT },
      { name: 'p2', ...BEAT },
    ];
    await admin.as(String(given['token'])).send('POST', '/heartbeats', { items });
    await admin.send('GET', '/providers?label=tier=gold&label=tier=gold&phase=Ready&type=vm');
    await admin.send('GET', '/providers?max_page_size=1');
    await admin.send('GET', '/provider-status?max_page_size=1&changed_since=0');
    await admin.send('GET', '/provider-status?changed_since=1000');
    await admin.send(
      'GET',
      '/placement/candidates?cpu=1&memory=1GB&capability=gpu&explain=true&strategy=pack',
    );
    const held = await admin.send('POST', '/placement/reservations', {
      requirement: { cpu: 1 },
      ttl_seconds: 60,
    });
    await admin.send('GET', `/placement/reservations/${String(held.body['id'])}`);
    await admin.send('POST', `/placement/reservations/${String(held.body['id'])}/confirm`);
    await admin.send('DELETE', `/placement/reservations/${String(held.body['id'])}`);
    await admin.send('PUT', '/providers/p1/cordon');
    await admin.send('POST', '/providers/p1/drain');
    const drained = await p1Token.send('PUT', '/providers/p1/status', BEAT);
    expect(drained.headers.get('vitals-directive')).toBe('drain');
    await admin.send('POST', '/heartbeats', { items: [{ name: 'p1', ...BEAT }] });
    await admin.send('DELETE', '/providers/p1/cordon');
    await admin.send('POST', '/providers/p1/token?immediately=true');
    await admin.send('GET', '/transitions?since=0&limit=2');
    await admin.send('GET', '/tokens');
    await admin.send('DELETE', `/tokens/${String(given['id'])}`);
    await admin.send('DELETE', '/providers/p1');
    await admin.send('POST', '/backups', { file: 'one.db' });
    expect(admin.faults).toEqual([]);
  });

  it('is as described for services and declarations', async () => {
    const node = { serviceId: 'orders', protocol: 'https', address: 'orders.invalid', port: 8443 };
    await admin.as(REGISTRATION).send('POST', '/services', { ...node, tag: 'test', name: 'One' });
    await admin.send('POST', '/services', node);
    await admin.send('GET', '/services');
    await admin.send('GET', '/services/lookup?serviceId=orders&tag=test');
    await admin.sendingAnything().send('GET', '/services/lookup?serviceId=nothing');
    const query = Object.entries(node).map(([name, value]) => `${name}=${value}`);
    await admin.send('DELETE', `/services?${query.join('&')}`);
    await admin.send('PUT', '/providers/p3', { ...registration('p3'), name: undefined });
    await admin.send('POST', '/declarations/plan', {
      checks: [{ id: 'backup', type: 'ttl' }],
      providers: [registration('p4')],
    });
    await admin.sendingAnything().send('POST', '/declarations/plan', { pad: 'x'.repeat(11_000_000) });
    expect(admin.faults).toEqual([]);
  });

  it('is as described for health, which needs no token', async () => {
    const nobody = admin.as(undefined);
    for (const [, path, { tags }] of operationsOf(document)) {
      if (!tags.includes('Health')) continue;
      const components = path.includes('omponents/');
      const of = components ? ['scheduler.leases', 'lease-sweeper'] : ['lease-sweeper'];
      await nobody.send(
        'GET',
        path.replace('{type}', of[0] as string).replace('{name}', of.at(-1) as string),
      );
      if (path.includes('{')) await nobody.send('GET', path.replaceAll(/\{\w+\}/g, 'nothing'));
    }
    await nobody.send('GET', '/health?format=xml');
    await nobody.send('GET', '/healthz?appid=another');
    expect(nobody.faults).toEqual([]);
  });

  it('is as described for every call that is refused', async () => {
    const anybody = admin.sendingAnything();
    await anybody.send('POST', '/providers', registration('q1'));
    const { body: readOnly } = await anybody.send('POST', '/tokens', { kind: 'read-only' });
    const others = ['stranger', undefined, REGISTRATION, String(readOnly['token'])].map((token) =>
      anybody.as(token),
    );
    for (const [method, path, operation] of operationsOf(document)) {
      if (operation.security.length === 0) continue;
      const verb = method.toUpperCase();
      const json = method === 'get' ? undefined : (VALID[operation.operationId] ?? {});
      const of = (name: string): string => path.replaceAll(/\{\w+\}/g, name);
      for (const client of others) await client.send(verb, of('q1'), json);
      for (const name of ['nobody', 'NO%20BODY', '%zz', '%00', 'x'.repeat(1_500)])
        await anybody.send(verb, of(name), json);
      for (const { name, in: where } of operation.parameters ?? []) {
        if (where !== 'query') continue;
        for (const value of ['%00', '']) await anybody.send(verb, `${of('q1')}?${name}=${value}`, json);
      }
      await anybody.send(verb, `${of('q1')}?unknown=1`, json);
      if (method === 'get') continue;
      await anybody.send(verb, of('q1'), '{"a":');
      await anybody.send(verb, of('q1'), {});
      await anybody.send(verb, of('q1'), { pad: 'x'.repeat(1_100_000) });
      await anybody.send(verb, of('q1'), 'a=b', 'application/x-www-form-urlencoded');
    }
    await anybody.send('POST', '/providers?id=another', registration('q2'));
    await anybody.send('POST', '/providers?id=another', registration('q3'));
    await anybody.send('PUT', '/providers/q2/status', { ...BEAT, generation: 7 });
    await anybody.send('POST', '/heartbeats', { items: [1, { name: 'q2' }, { name: 'nobody', ...BEAT }] });
    await anybody.send('POST', '/placement/reservations', { requirement: { cpu: 1e6 }, ttl_seconds: 60 });
    await anybody.send('POST', '/backups', { file: 'one.db' });
    await anybody.send('POST', '/backups', { file: '../one.db' });
    expect(anybody.faults).toEqual([]);
  });

  it('was, of all calls, each success and each refusal that can be brought about from outside', () => {
    // what needs a broken store, a flood, a sick process, or a moment of time has tests of its own
    const elsewhere =
      /^GET \/(health|livez|readyz|v1|components)|(429|503)$|mass-failures\/.* 200$|reservations\/.*\/confirm 409$/;
    // those of checks are brought about beside them; a WebSocket is none of fetch's answers
    const beside = /^\w+ \/(checks|services\/check)|^GET \/ws 101$/;
    expect(conformity.unseen().filter((one) => !elsewhere.test(one) && !beside.test(one))).toEqual([]);
  });
});
