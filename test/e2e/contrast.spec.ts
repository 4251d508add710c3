import { HealthIndicatorService } from '@nestjs/terminus';
import { checkClass } from '../../libs/health/test/health-app.js';
import { deployBoth } from '../support/terminus-app.js';

/** The same functions as checks of either library. */
const both = (checks: Record<string, () => unknown>) =>
  deployBoth(Object.values(checks), {
    providers: Object.entries(checks).map(([name, check]) => checkClass({ name }, check, `${name}Check`)),
  });

const up = (key: string) => () => ({ [key]: { status: 'up' } });
const down = (key: string, message: string) => () => ({ [key]: { status: 'down', message } });
const throwing = (message: string) => () => {
  throw new Error(message);
};

describe('A status that is not known', () => {
  const checks = { queue: () => ({ queue: { status: 'unhealthy' } }) };

  it('is dropped by terminus, which answers 200', async () => {
    const { status, json } = await (await both(checks)).terminus();
    expect([status, json]).toEqual([200, { status: 'ok', info: {}, error: {}, details: {} }]);
  });

  it('is DOWN here, with a reason that says so', async () => {
    const { status, json } = await (await both(checks)).vitals();
    expect([status, json.checks]).toMatchObject([
      503,
      [{ name: 'queue', status: 'DOWN', data: { reason: 'queue reports the unknown status "unhealthy"' } }],
    ]);
  });
});

describe('Two failures under one key', () => {
  const checks = { primary: down('db', 'primary is gone'), replica: down('db', 'replica lags') };

  it('are one in terminus: the later overwrites the first', async () => {
    const { body, json } = await (await both(checks)).terminus();
    expect(json['details']).toEqual({ db: { status: 'down', message: 'replica lags' } });
    expect(body).not.toContain('primary is gone');
  });

  it('are two here, each under its declared name', async () => {
    const { json } = await (await both(checks)).vitals();
    expect(json.checks).toMatchObject([
      { name: 'primary', status: 'DOWN', data: { reason: 'primary is gone' } },
      { name: 'replica', status: 'DOWN', data: { reason: 'replica lags' } },
    ]);
  });
});

describe('A plain function that throws', () => {
  const checks = { cache: throwing('cache is gone'), db: up('db'), queue: down('queue', 'queue is full') };

  it('makes terminus answer 500 without any result', async () => {
    const { status, json } = await (await both(checks)).terminus();
    expect([status, json]).toEqual([500, { statusCode: 500, message: 'Internal server error' }]);
  });

  it('is DOWN here, beside every other result', async () => {
    const { status, json } = await (await both(checks)).vitals();
    expect([status, json.checks]).toMatchObject([
      503,
      [
        { name: 'cache', status: 'DOWN', data: { reason: 'cache is gone' } },
        { name: 'db', status: 'UP' },
        { name: 'queue', status: 'DOWN', data: { reason: 'queue is full' } },
      ],
    ]);
  });
});

describe('An error with credentials in its text', () => {
  const message = 'connect ECONNREFUSED postgres://vitals:hunter2@db:5432/app';

  it('is published as it is by terminus', async () => {
    const functions: (() => unknown)[] = [];
    const { app, terminus } = await deployBoth(functions);
    functions.push(() => app.get(HealthIndicatorService).check('db').attempt(throwing(message)));
    const { status, body } = await terminus();
    expect(status).toBe(503);
    expect(body).toContain(message);
  });

  it('is published without them here', async () => {
    const { vitals } = await both({ db: throwing(message) });
    const { body, json } = await vitals();
    expect(json.checks).toMatchObject([
      { data: { reason: 'connect ECONNREFUSED postgres://***@db:5432/app' } },
    ]);
    expect(body).not.toContain('hunter2');
  });
});
