import { type JsonAnswer, TestControlPlane } from '../../../../../test/support/control-plane.js';

const TTL = { type: 'ttl', interval: '1h' };

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await TestControlPlane.start();
  await plane.send('PUT', '/checks/job', TTL);
  const node = { serviceId: 'shop', protocol: 'http', address: '10.0.0.7', port: 80 };
  await plane.send('POST', '/services', { ...node, check: { interval: 60_000 } });
});
afterAll(() => plane.stop());

const OF_SERVICE = encodeURIComponent('shop:http:10.0.0.7:80');

describe('A call about checks', () => {
  it.each<[string, string, object | undefined, number, string]>([
    ['GET', '/checks/nothing', undefined, 404, 'check-not-found'],
    ['DELETE', '/checks/nothing', undefined, 404, 'check-not-found'],
    ['PUT', '/checks/nothing/pause', undefined, 404, 'check-not-found'],
    ['POST', '/checks/nothing/runs', undefined, 404, 'check-not-found'],
    ['PUT', '/checks/nothing/status', { status: 'pass' }, 404, 'check-not-found'],
    ['GET', '/checks/nothing/transitions', undefined, 404, 'check-not-found'],
    ['PUT', '/checks/job/status', { status: 'maybe' }, 422, 'request-invalid'],
    ['PUT', '/checks/job/status', { status: 'fail', message: 'a\nb' }, 422, 'request-invalid'],
    ['PUT', '/checks/job', { ...TTL, id: 'another' }, 422, 'request-invalid'],
    ['PUT', '/checks/A%20JOB', TTL, 422, 'request-invalid'],
    ['PUT', '/checks/loop', { ...TTL, parent: 'loop' }, 422, 'check-invalid'],
    ['PUT', '/checks/orphan', { ...TTL, parent: 'nobody' }, 422, 'check-invalid'],
    ['PUT', `/checks/${'a'.repeat(300)}`, TTL, 422, 'request-invalid'],
    ['PUT', `/checks/${'a'.repeat(4_096)}`, TTL, 414, 'uri-too-long'],
    ['GET', `/checks/${'a'.repeat(4_096)}`, undefined, 414, 'uri-too-long'],
    ['PUT', `/checks/${OF_SERVICE}`, TTL, 409, 'check-conflict'],
    ['DELETE', `/checks/${OF_SERVICE}`, undefined, 409, 'check-conflict'],
    ['PUT', `/checks/${OF_SERVICE}/status`, { status: 'pass' }, 409, 'check-conflict'],
    ['GET', '/checks?status=Broken', undefined, 422, 'request-invalid'],
    ['GET', '/checks?type=icmp', undefined, 422, 'request-invalid'],
    ['GET', '/checks?label=gold', undefined, 422, 'request-invalid'],
    ['GET', '/checks?stale=perhaps', undefined, 422, 'request-invalid'],
    ['GET', '/checks?page_token=!', undefined, 422, 'request-invalid'],
    ['GET', '/checks/job/transitions?limit=0', undefined, 422, 'request-invalid'],
    ['GET', '/checks/job/uptime?resolution=week', undefined, 422, 'request-invalid'],
    ['GET', '/checks/job/uptime?from=yesterday', undefined, 422, 'request-invalid'],
    ['PATCH', '/checks/job', {}, 405, 'method-not-allowed'],
  ])('%s %.40s is refused', async (method, path, body, status, code) => {
    const answer = await plane.send(method, path, body);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(String(answer.body['detail']).length).toBeGreaterThan(10);
  });

  it('is refused with all that is wrong with a body, where it is wrong', async () => {
    const body = { type: 'http', http: { url: 'x' }, intervall: '5s', timeout: '90s' };
    for (const [method, path] of [
      ['POST', '/checks'],
      ['PUT', '/checks/wrong'],
    ] as const) {
      const answer = await plane.send(method, path, body);
      const errors = answer.body['errors'] as { pointer: string }[];
      expect([answer.status, errors.map(({ pointer }) => pointer).toSorted()]).toEqual([
        422,
        ['/http/url', '/intervall', '/timeout'],
      ]);
    }
  });

  it('is refused for a target that the settings deny, and says where it is named', async () => {
    const target = { type: 'tcp', tcp: { host: '169.254.169.254', port: 80 } };
    const { status, body } = await plane.send('PUT', '/checks/metadata', target);
    expect([status, body]).toMatchObject([
      422,
      { code: 'check-invalid', errors: [{ pointer: '/tcp/host' }] },
    ]);
  });

  it('keeps nothing of what it refused', async () => {
    const { body } = await plane.send('GET', '/checks');
    expect((body['checks'] as { id: string }[]).map(({ id }) => id)).toEqual([
      'job',
      'shop:http:10.0.0.7:80',
    ]);
  });
});

describe('Tokens', () => {
  let secured: TestControlPlane;
  const tokens: Record<string, string> = { admin: 'the-administrator', registration: 'only-new-names-here' };
  const ask = async (token: string, method: string, path: string, body?: object): Promise<JsonAnswer> => {
    const response = await fetch(secured.url + path, {
      method,
      headers: {
        authorization: `Bearer ${tokens[token]}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, type: null, headers, body: text === '' ? {} : JSON.parse(text) };
  };

  beforeAll(async () => {
    secured = await TestControlPlane.start({
      VITALS_ADMIN_TOKEN: 'the-administrator',
      VITALS_REGISTRATION_TOKEN: 'only-new-names-here',
      VITALS_RATE_LIMIT: '0',
    });
    for (const [token, body] of [
      ['reader', { kind: 'read-only' }],
      ['gateway', { kind: 'gateway', names: ['backup-*'] }],
    ] as const) {
      tokens[token] = String((await ask('admin', 'POST', '/tokens', body)).body['token']);
    }
    for (const id of ['backup-db', 'other']) await ask('admin', 'PUT', `/checks/${id}`, TTL);
  });
  afterAll(() => secured.stop());

  it.each<[string, string, string, object | undefined, number]>([
    ['reader', 'GET', '/checks', undefined, 200],
    ['reader', 'GET', '/checks/other/uptime', undefined, 200],
    ['reader', 'PUT', '/checks/other', TTL, 403],
    ['reader', 'POST', '/checks/other/runs', undefined, 403],
    ['reader', 'PUT', '/checks/other/pause', undefined, 403],
    ['reader', 'PUT', '/checks/other/status', { status: 'pass' }, 403],
    ['gateway', 'PUT', '/checks/backup-db/status', { status: 'pass' }, 204],
    ['gateway', 'PUT', '/checks/other/status', { status: 'pass' }, 403],
    ['gateway', 'PUT', '/checks/other/status', { status: 'pass', name: 'backup-db' }, 403],
    ['gateway', 'PUT', '/checks/backup-db', TTL, 403],
    ['gateway', 'POST', '/checks', { ...TTL, id: 'backup-x', name: 'backup-x' }, 403],
    ['registration', 'POST', '/checks', TTL, 403],
    ['registration', 'DELETE', '/checks/other', undefined, 403],
    ['nobody', 'GET', '/checks', undefined, 401],
  ])('of %s may not do more than they may: %s %s', async (token, method, path, body, status) => {
    expect((await ask(token, method, path, body)).status).toBe(status);
  });
});
