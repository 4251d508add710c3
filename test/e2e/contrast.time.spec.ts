import { type BeforeApplicationShutdown, Injectable, Module } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { HealthIndicatorService } from '@nestjs/terminus';
import { checkClass } from '../../libs/health/test/health-app.js';
import { deployBoth } from '../support/terminus-app.js';

/** A promise and what settles it. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('A function that hangs', () => {
  it('holds up the answer of terminus until it returns, and that of this library until its timeout', async () => {
    const begun = deferred<void>();
    const result = deferred<object>();
    const hanging = () => {
      begun.resolve();
      return result.promise;
    };
    const { terminus, vitals } = await deployBoth([hanging], {
      providers: [
        checkClass({ name: 'hanging', timeout: '100ms' }, () => result.promise, 'Hanging'),
        checkClass({ name: 'well' }, () => true, 'Well'),
      ],
    });
    let answered = false;
    const answer = terminus().finally(() => (answered = true));
    await begun.promise;
    const { status, json } = await vitals();
    expect([status, json.checks]).toMatchObject([
      503,
      [
        { name: 'hanging', status: 'DOWN', data: { reason: 'timed out after 100 ms' } },
        { name: 'well', status: 'UP' },
      ],
    ]);
    expect(answered).toBe(false);
    result.resolve({ hanging: { status: 'up' } });
    expect((await answer).status).toBe(200);
  });
});

/** An indicator of terminus named `db`, cached for a minute. */
const cachedIndicator = (app: NestApplication, check: () => void) => () =>
  app.get(HealthIndicatorService).check('db').attempt(check).cacheFor(60_000);

/** Two checks that happen to have one name, the second of which always fails; `runs` says who was run. */
function twoOfOneName() {
  const runs: string[] = [];
  const orders = () => void runs.push('orders');
  const billing = () => {
    runs.push('billing');
    throw new Error('billing is gone');
  };
  return { runs, orders, billing };
}

describe('Two cached checks of one name', () => {
  it('share one result in terminus: a dead check is served the up of the other, and never run', async () => {
    const { runs, orders, billing } = twoOfOneName();
    const functions: (() => unknown)[] = [];
    const { app, terminus } = await deployBoth(functions);
    functions.push(cachedIndicator(app, orders));
    expect((await terminus()).status).toBe(200);
    functions.push(cachedIndicator(app, billing));
    const { status, json } = await terminus();
    expect([status, json['details']]).toMatchObject([200, { db: { status: 'up', cachedResponse: true } }]);
    expect(runs).toEqual(['orders']);
  });

  it('each have their own here', async () => {
    const { runs, orders, billing } = twoOfOneName();
    const { vitals } = await deployBoth([], {
      providers: [
        checkClass({ name: 'db', cacheFor: '1m' }, orders, 'Orders'),
        checkClass({ name: 'db', cacheFor: '1m' }, billing, 'Billing'),
      ],
    });
    for (let request = 0; request < 3; request++) {
      const { status, json } = await vitals();
      expect([status, json.checks]).toMatchObject([
        503,
        [
          { name: 'db', status: 'DOWN', data: { reason: 'billing is gone' } },
          { name: 'db', status: 'UP' },
        ],
      ]);
    }
    expect(runs.sort()).toEqual(['billing', 'orders']);
  });
});

describe('A cached result', () => {
  it('does not tell its age in terminus', async () => {
    const functions: (() => unknown)[] = [];
    const { app, terminus } = await deployBoth(functions);
    functions.push(cachedIndicator(app, () => undefined));
    await terminus();
    const { json } = await terminus();
    expect(json['details']).toEqual({
      db: { status: 'up', responseTime: expect.any(Number) as number, cachedResponse: true },
    });
  });

  it('tells it here, and when it was found', async () => {
    const cached = checkClass({ name: 'db', cacheFor: '1m' }, () => true, 'Cached');
    const { vitals } = await deployBoth([], { providers: [cached] });
    const ask = async () => (await vitals('/health?format=vitals')).json.checks;
    const [first] = await ask();
    const [second] = await ask();
    expect(second).toMatchObject({ checkedAt: first?.['checkedAt'], ageMs: expect.any(Number) as number });
  });
});

/** Holds a shutdown up while the app still serves. */
@Injectable()
class Gate implements BeforeApplicationShutdown {
  readonly reached = deferred<void>();
  readonly open = deferred<void>();

  beforeApplicationShutdown(): Promise<void> {
    this.reached.resolve();
    return this.open.promise;
  }
}

@Module({ providers: [Gate] })
class GateModule {}

/** Farther from the root than the modules of either library, whose hooks are therefore called first. */
@Module({ imports: [GateModule] })
class FarModule {}

describe('Liveness during a shutdown', () => {
  it('fails in terminus, and stays UP here while readiness is DOWN', async () => {
    const { app, terminus, vitals } = await deployBoth([() => ({ loop: { status: 'up' } })], {
      imports: [FarModule],
      providers: [checkClass({ name: 'loop', kinds: ['liveness'] }, () => true)],
    });
    expect([(await terminus()).status, (await vitals('/health/live')).status]).toEqual([200, 200]);
    const { reached, open } = app.get(Gate, { strict: false });
    const closed = app.close();
    try {
      await reached.promise;
      const up = { loop: { status: 'up' } };
      expect(await terminus()).toMatchObject({ status: 503, json: { status: 'shutting_down', info: up } });
      expect(await vitals('/health/live')).toMatchObject({ status: 200, json: { status: 'UP' } });
      expect(await vitals('/health/ready')).toMatchObject({ status: 503, json: { status: 'DOWN' } });
    } finally {
      open.resolve();
      await closed;
    }
  });
});
