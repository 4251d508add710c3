import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JsonAnswer, TestControlPlane } from '../../../../../test/support/control-plane.js';

/** What the target says next. */
let answer = 200;
let server: Server;
let url: string;
let plane: TestControlPlane;

beforeAll(async () => {
  server = createServer((_request, response) => response.writeHead(answer).end('{"status":"ok"}'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
  plane = await TestControlPlane.start();
});
afterAll(async () => {
  await plane.stop();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});
beforeEach(() => (answer = 200));

const define = (id: string, more: object = {}): Promise<JsonAnswer> =>
  plane.send('PUT', `/checks/${id}`, { type: 'http', http: { url }, interval: '1h', ...more });
const read = async (id: string): Promise<JsonAnswer['body']> =>
  (await plane.send('GET', `/checks/${id}`)).body;

describe('A check', () => {
  it('is defined once by POST, under an id of its own or a new one', async () => {
    const body = { type: 'ttl', interval: '1h', name: 'A job' };
    const first = await plane.send('POST', '/checks', { ...body, id: 'posted' });
    expect([first.status, first.body]).toMatchObject([201, { id: 'posted', name: 'A job', source: 'api' }]);
    const again = await plane.send('POST', '/checks', { ...body, id: 'posted' });
    expect([again.status, again.body]).toMatchObject([409, { code: 'check-conflict' }]);
    const unnamed = await plane.send('POST', '/checks', body);
    expect(unnamed.status).toBe(201);
    expect(await read(String(unnamed.body['id']))).toEqual({
      ...unnamed.body,
      next_run_in_ms: expect.any(Number),
    });
  });

  it('is told with all that is defined of it, and how it is', async () => {
    const { status, body } = await define('told', {
      http: { url, headers: { authorization: 'Bearer s3cret' } },
    });
    expect([status, body]).toEqual([
      201,
      {
        id: 'told',
        type: 'http',
        http: {
          url,
          method: 'GET',
          headers: { authorization: '<redacted>' },
          expected_codes: ['200-299'],
          max_body: 65_536,
          tls_skip_verify: false,
        },
        interval: '1h',
        timeout: '2s',
        success_before_passing: 1,
        failures_before_warning: 1,
        failures_before_critical: 3,
        maintenance: [],
        labels: {},
        paused: false,
        source: 'api',
        status: 'Pending',
        since: expect.any(String),
        stale: false,
        last_run_at: null,
        failing_since: null,
        failures: 0,
        successes: 0,
        next_run_in_ms: expect.any(Number),
        execute_interval: '1h',
        message: null,
        latency_ms: null,
        suppressed_by: null,
        created_at: expect.any(String),
      },
    ]);
    expect((await plane.send('PUT', '/checks/told', body)).status).toBe(200);
  });

  it('runs when it is asked to, and says what it found', async () => {
    await define('run');
    const well = await plane.send('POST', '/checks/run/runs');
    expect([well.status, well.body]).toEqual([
      200,
      {
        at: expect.any(String),
        outcome: 'success',
        duration_ms: expect.any(Number),
        message: 'answered 200',
        status: 'Passing',
      },
    ]);
    answer = 500;
    for (const status of ['Warning', 'Warning', 'Critical']) {
      expect((await plane.send('POST', '/checks/run/runs')).body).toMatchObject({
        outcome: 'failure',
        status,
      });
    }
    expect(await read('run')).toMatchObject({
      status: 'Critical',
      failures: 3,
      failing_since: expect.any(String),
      last_run_at: expect.any(String),
      message: expect.stringContaining('answered 500'),
      latency_ms: expect.any(Number),
    });
    const { body } = await plane.send('GET', '/checks/run/results');
    expect((body['results'] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual([
      'failure',
      'failure',
      'failure',
      'success',
    ]);
  });

  it('forgets how it went when it looks at something else, and not when only its interval changes', async () => {
    await define('moved');
    await plane.send('POST', '/checks/moved/runs');
    expect((await define('moved', { interval: '2h' })).body).toMatchObject({
      status: 'Passing',
      interval: '2h',
    });
    const { body } = await define('moved', { http: { url: `${url}/else` } });
    expect(body).toMatchObject({ status: 'Pending', last_run_at: null });
  });

  it('is paused and goes on, and stays paused when it is defined again', async () => {
    await define('paused');
    expect((await plane.send('PUT', '/checks/paused/pause')).status).toBe(204);
    expect(await read('paused')).toMatchObject({ paused: true, stale: true, next_run_in_ms: null });
    expect((await define('paused')).body).toMatchObject({ paused: true });
    expect((await plane.send('DELETE', '/checks/paused/pause')).status).toBe(204);
    expect(await read('paused')).toMatchObject({ paused: false, stale: false });
  });

  it('that waits to be told takes reports, and cannot be run', async () => {
    await define('job', { type: 'ttl', http: undefined });
    expect((await plane.send('PUT', '/checks/job/status', { status: 'pass' })).status).toBe(204);
    expect(await read('job')).toMatchObject({
      status: 'Passing',
      message: 'reported: pass',
      latency_ms: null,
    });
    await plane.send('PUT', '/checks/job/status', { status: 'warn', message: 'disk is nearly full' });
    expect(await read('job')).toMatchObject({ status: 'Warning', message: 'disk is nearly full' });
    const run = await plane.send('POST', '/checks/job/runs');
    expect([run.status, run.body['code']]).toEqual([409, 'check-conflict']);
    await define('looked-at');
    const report = await plane.send('PUT', '/checks/looked-at/status', { status: 'pass' });
    expect([report.status, report.body['code']]).toEqual([409, 'check-conflict']);
  });

  it('says whose failure hides its own', async () => {
    await define('below', { parent: undefined });
    await define('upper', { failures_before_critical: 1 });
    expect((await define('below', { parent: 'upper' })).body).toMatchObject({
      parent: 'upper',
      suppressed_by: null,
    });
    answer = 500;
    await plane.send('POST', '/checks/upper/runs');
    expect(await read('below')).toMatchObject({ suppressed_by: 'upper' });
  });

  it('is gone when it is removed; why it went can still be read', async () => {
    await define('gone');
    await plane.send('POST', '/checks/gone/runs');
    expect((await plane.send('DELETE', '/checks/gone')).status).toBe(204);
    for (const path of ['', '/results', '/uptime']) {
      const { status, body } = await plane.send('GET', `/checks/gone${path}`);
      expect([path, status, body['code']]).toEqual([path, 404, 'check-not-found']);
    }
    const { body } = await plane.send('GET', '/checks/gone/transitions?limit=1');
    expect(body).toMatchObject({ transitions: [{ to: 'Removed', cause: 'removed by request' }] });
    const before = await plane.send('GET', `/checks/gone/transitions?before=${String(body['next_before'])}`);
    expect(before.body).toEqual({
      transitions: [expect.objectContaining({ from: 'Pending', to: 'Passing' })],
    });
  });
});
