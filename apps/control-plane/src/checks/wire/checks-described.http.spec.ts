import { TestControlPlane } from '../../../../../test/support/control-plane.js';
import { Conformity } from '../../../../../test/support/openapi/conformity.js';
import { type Document, operationsOf } from '../../../../../test/support/openapi/document.js';
import { RecordedClient } from '../../../../../test/support/openapi/recorded.js';
import { Journal } from '../../database/journal.js';
import { CheckDirectory } from '../check.directory.js';
import { uptimeCounted } from '../check.rows.js';

const ADMIN = 'the-administrator';
const REGISTRATION = 'only-new-names-here';
const COMMON = {
  name: 'As described',
  interval: '1h',
  success_before_passing: 2,
  failures_before_warning: 2,
  failures_before_critical: 5,
  maintenance: [
    { start: '2026-01-31T10:00:00Z', end: '2026-01-31T12:00:00+01:00' },
    { cron: '30 2 * * 6', duration: '2h', time_zone: 'Europe/Berlin' },
  ],
  labels: { tier: 'gold' },
  paused: false,
};

/** One body for each thing that can be said. */
const BODIES: Readonly<Record<string, object>> = {
  'http-1': {
    ...COMMON,
    type: 'http',
    http: {
      url: 'https://shop.example.invalid/health',
      method: 'POST',
      headers: { authorization: 'Bearer s3cret', host: 'shop' },
      body: '{}',
      expected_codes: [204, '200-203'],
      body_json: { pointer: '/status', value: null },
      tls_skip_verify: true,
    },
    timeout: '5s',
    parent: 'ttl-1',
  },
  'http-2': { type: 'http', http: { url: 'http://shop.example.invalid', body_contains: 'ok' } },
  'http-3': { type: 'http', http: { url: 'http://shop.example.invalid', method: 'GET', body_lacks: 'down' } },
  'tcp-1': { ...COMMON, type: 'tcp', tcp: { host: '127.0.0.1', port: 9 } },
  'grpc-1': {
    type: 'grpc',
    grpc: {
      host: 'orders.example.invalid',
      port: 443,
      service: 'shop.Orders',
      tls: true,
      tls_skip_verify: true,
    },
  },
  'tls-1': {
    type: 'tls',
    tls: { host: 'shop.example.invalid', port: 443, server_name: 'example.org', warn_before: '14d' },
  },
};

const NODE = { serviceId: 'shop', protocol: 'http', address: '127.0.0.1', port: 9 };
const SERVICE = encodeURIComponent('shop:http:127.0.0.1:9');

describe('What is answered about checks', () => {
  let plane: TestControlPlane;
  let document: Document;
  let conformity: Conformity;
  let admin: RecordedClient;
  beforeAll(async () => {
    plane = await TestControlPlane.start({
      VITALS_ADMIN_TOKEN: ADMIN,
      VITALS_REGISTRATION_TOKEN: REGISTRATION,
      VITALS_RATE_LIMIT: '0',
      VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8',
    });
    document = (await (await fetch(`${plane.url}/openapi.json`)).json()) as Document;
    conformity = new Conformity(document);
    admin = new RecordedClient(plane.url, conformity, ADMIN);
  });
  afterAll(() => plane.stop());

  it('is as described, whatever a check looks at', async () => {
    await admin.send('POST', '/checks', { type: 'ttl', id: 'ttl-1', interval: '1h' });
    await admin.send('PUT', '/checks/ttl-1/status', { status: 'pass', message: 'backed up' });
    for (const [id, sent] of Object.entries(BODIES)) {
      expect([id, (await admin.send('PUT', `/checks/${id}`, sent)).status]).toEqual([id, 201]);
      expect([id, (await admin.send('PUT', `/checks/${id}`, sent)).status]).toEqual([id, 200]);
      await admin.send('GET', `/checks/${id}`);
    }
    await admin.send('POST', '/checks/tcp-1/runs');
    const { key } = plane.app.get(CheckDirectory).get('tcp-1');
    const bucket = { key, width: 'minute', startMs: Math.floor(Date.now() / 60_000) * 60_000 } as const;
    const counts = { up: 3, warning: 1, down: 1, durationMs: 20 };
    await plane.app.get(Journal).commit(uptimeCounted([{ ...bucket, ...counts }]));
    for (const what of ['', '/results', '/transitions', '/transitions?limit=1']) {
      await admin.send('GET', `/checks/tcp-1${what}`);
    }
    const { body } = await admin.send('GET', '/checks/tcp-1/uptime?resolution=minute');
    expect(body['summary']).toEqual({ up: 3, warning: 1, down: 1, up_share: 0.8, mean_duration_ms: 5 });
    await admin.send('PUT', '/checks/tcp-1/pause');
    await admin.send('DELETE', '/checks/tcp-1/pause');
    await admin.send('DELETE', '/checks/tcp-1');
    await admin.send('GET', '/checks?label=tier=gold&status=Pending&type=http&stale=false&max_page_size=1');
    expect(admin.faults).toEqual([]);
  });

  it('is as described for the checks of services', async () => {
    await admin.send('POST', '/services', { ...NODE, check: { interval: 60_000 } });
    await admin.send('PUT', '/services/check', { id: 'shop:127.0.0.1:9', pass: true, checkInterval: 60_000 });
    for (const path of ['', `/${SERVICE}`, '?stale=true', '?stale='])
      await admin.send('GET', `/services/check${path}`);
    await admin.send('GET', `/checks/${SERVICE}`);
    await admin.send('GET', '/checks');
    expect(admin.faults).toEqual([]);
  });

  it('is as described where it is refused', async () => {
    const anybody = admin.sendingAnything();
    const nothing = 'nothing';
    for (const [method, path, { operationId, parameters = [] }] of operationsOf(document)) {
      if (!/^\/(checks|services\/check)/.test(path)) continue;
      const verb = method.toUpperCase();
      const of = (id: string): string => path.replaceAll(/\{\w+\}/g, id);
      const body =
        operationId === 'reportCheck'
          ? { status: 'pass' }
          : operationId === 'passServiceCheck'
            ? { id: 'x', pass: true }
            : { type: 'ttl' };
      const json = method === 'get' ? undefined : body;
      for (const client of [undefined, 'stranger', REGISTRATION].map((token) => anybody.as(token)))
        await client.send(verb, of(nothing), json);
      for (const id of [nothing, SERVICE, '%zz', '%00', 'x'.repeat(1_500)])
        await anybody.send(verb, of(id), json);
      for (const { name, in: where } of parameters) {
        if (where === 'query') await anybody.send(verb, `${of(nothing)}?${name}=%00`, json);
      }
      await anybody.send(verb, `${of(nothing)}?unknown=1`, json);
      if (method === 'get') continue;
      await anybody.send(verb, of(nothing), '{"a":');
      await anybody.send(verb, of(nothing), { type: 7 });
      await anybody.send(verb, of(nothing), { pad: 'x'.repeat(100_000) });
      await anybody.send(verb, of(nothing), 'a=b', 'application/x-www-form-urlencoded');
    }
    await anybody.send('POST', '/checks', { type: 'ttl', id: 'ttl-1' });
    await anybody.send('POST', '/checks/ttl-1/runs');
    for (const what of ['', '/transitions']) await anybody.send('GET', `/checks/nobody${what}`);
    expect(anybody.faults).toEqual([]);
  });

  it('was, of all calls, each success and each refusal that can be brought about from outside', () => {
    const here = /^\w+ \/(checks|services\/check)/;
    // what needs a broken store or a flood has tests of its own
    const elsewhere = /(429|503)$/;
    expect(conformity.unseen().filter((one) => here.test(one) && !elsewhere.test(one))).toEqual([]);
  });
});
