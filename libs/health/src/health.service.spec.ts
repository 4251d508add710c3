import { Logger } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import { ManualClock } from '@vitals/core/time';
import { recordingLogger } from '../test/health-app.js';
import { AvailabilityState, BOOTSTRAP_TARGET } from './availability-state.js';
import { HealthRegistry } from './discovery/health.registry.js';
import { HealthEvents } from './health.events.js';
import type { HealthModuleOptions } from './health.module-options.js';
import { HealthService } from './health.service.js';
import { CheckMonitor } from './monitoring/check.monitor.js';

const KINDS = ['liveness', 'readiness', 'startup', 'wellness'] as const;

beforeEach(() => Logger.overrideLogger(false));

function service({ bootstrapped = true, options = {} as HealthModuleOptions } = {}) {
  const registry = new HealthRegistry();
  const events = new HealthEvents();
  const availability = new AvailabilityState(events);
  const clock = new ManualClock();
  const monitor = new CheckMonitor(clock, registry, events);
  if (bootstrapped) availability.target(BOOTSTRAP_TARGET).ready();
  const health = new HealthService(registry, monitor, availability, clock, options);
  return { registry, availability, clock, events, health };
}

describe('before bootstrap is complete', () => {
  it.each<[HealthModuleOptions['emptyResponse'], Record<string, string>]>([
    [undefined, { liveness: 'UP', readiness: 'DOWN', startup: 'DOWN', whole: 'DOWN' }],
    [{ readiness: 'UP' }, { liveness: 'UP', readiness: 'UP', startup: 'DOWN', whole: 'DOWN' }],
    [{ startup: 'UP' }, { liveness: 'UP', readiness: 'DOWN', startup: 'UP', whole: 'DOWN' }],
  ])('answers without running a check; emptyResponse %p', async (emptyResponse, expected) => {
    const { registry, health } = service({ bootstrapped: false, options: { emptyResponse } });
    let runs = 0;
    registry.register('a', { kinds: KINDS }, () => void runs++);
    for (const kind of ['liveness', 'readiness', 'startup'] as const) {
      expect([kind, await health.report({ kind })]).toMatchObject([
        kind,
        { state: expected[kind], checks: [] },
      ]);
    }
    expect(await health.report()).toEqual({
      state: expected['whole'],
      checks: [],
      notReady: ['bootstrap'],
    });
    expect(runs).toBe(0);
  });
});

describe('an empty answer of UP before bootstrap is complete', () => {
  const options: HealthModuleOptions = { emptyResponse: { readiness: 'UP', startup: 'UP' } };

  it.each<[string, (availability: AvailabilityState) => void]>([
    ['the app refuses work', (availability) => availability.refuse('maintenance')],
    ['the app shuts down', (availability) => availability.refuse('shutdown')],
    ['a target is not reached', (availability) => void availability.target('cache')],
  ])('does not hold for readiness if %s', async (_what, refuse) => {
    const { availability, health } = service({ bootstrapped: false, options });
    expect(await health.report({ kind: 'readiness' })).toMatchObject({ state: 'UP', notReady: [] });
    refuse(availability);
    expect(await health.report({ kind: 'readiness' })).toEqual({
      state: 'DOWN',
      checks: [],
      notReady: [...availability.notReady()],
    });
    expect((await health.report({ kind: 'startup' })).state).toBe('UP');
  });
});

describe('a report', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      /^broken$/,
    ],
    [
      'throws null',
      () => {
        throw null;
      },
      /null/,
    ],
    [
      'throws what cannot be looked at',
      () => {
        throw new Proxy(new Error('hidden'), {
          getPrototypeOf: () => {
            throw new Error('trap');
          },
        });
      },
      /./,
    ],
    ['rejects', () => Promise.reject(new Error('rejected')), /^rejected$/],
    ['returns rubbish', () => 'fine', /"fine", which is not a health status/],
    ['reports an unknown terminus status', () => ({ db: { status: 'meh' } }), /unknown status "meh"/],
  ])('keeps every other result when a check %s', async (_what, run, reason) => {
    const { registry, health } = service();
    registry.register('bad', {}, run);
    registry.register('good', {}, () => HealthStatus.up());
    expect(await health.report()).toMatchObject({
      state: 'DOWN',
      checks: [
        { name: expect.any(String), state: 'DOWN', reason: expect.stringMatching(reason) },
        { id: 'good', state: 'UP' },
      ],
    });
  });

  it('does not wait longer for a hanging check than its timeout, and fires its signal then', async () => {
    const { registry, health, clock } = service();
    let signal: AbortSignal | undefined;
    registry.register('hanging', { timeout: '200ms' }, (context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    });
    const report = health.report();
    await clock.advance(199);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect((await report).checks).toMatchObject([
      { state: 'DOWN', reason: 'timed out after 200 ms', durationMs: 200 },
    ]);
    expect(signal?.aborted).toBe(true);
  });

  it('runs a check once for a thousand requests at the same time, and again for the next', async () => {
    const { registry, health } = service();
    let runs = 0;
    registry.register('a', {}, async () => void runs++);
    await Promise.all(Array.from({ length: 1000 }, async () => health.report()));
    expect(runs).toBe(1);
    await health.report();
    expect(runs).toBe(2);
  });

  it('orders checks by name, then identity', async () => {
    const { registry, health } = service();
    for (const [id, name] of [
      ['2', 'b'],
      ['3', 'a'],
      ['1', 'b'],
    ] as const)
      registry.register(id, { name }, () => true);
    expect((await health.report()).checks.map(({ id }) => id)).toEqual(['3', '1', '2']);
  });

  it('is DOWN for readiness and for the whole while the app refuses work, for nothing else', async () => {
    const { registry, availability, health } = service();
    for (const kind of KINDS) registry.register(kind, { kinds: [kind], groups: ['g'] }, () => true);
    availability.refuse('maintenance');
    const stateOf = async (selector = {}) => (await health.report(selector)).state;
    expect(await stateOf()).toBe('DOWN');
    expect(await health.report()).toMatchObject({ notReady: ['maintenance'] });
    expect(await health.report({ kind: 'liveness' })).toMatchObject({ notReady: [] });
    expect(await Promise.all(KINDS.map((kind) => stateOf({ kind })))).toEqual(['UP', 'DOWN', 'UP', 'UP']);
    expect(await stateOf({ group: 'g' })).toBe('UP');
    availability.accept('maintenance');
    expect(await stateOf()).toBe('UP');
  });

  it.each([
    ['readiness', { kind: 'readiness' as const }],
    ['the whole', {}],
  ])('of %s is DOWN if the app refuses work while its checks still run', async (_what, selector) => {
    const { registry, availability, health } = service();
    let end = (): void => undefined;
    registry.register(
      'slow',
      { kinds: ['readiness'] },
      () => new Promise<void>((resolve) => (end = resolve)),
    );
    const report = health.report(selector);
    availability.refuse('shutdown');
    end();
    expect(await report).toMatchObject({ state: 'DOWN', notReady: ['shutdown'] });
    const other = health.report(selector);
    availability.accept('shutdown');
    end();
    expect(await other).toMatchObject({ state: 'UP', notReady: [] });
  });

  it('sees checks that are registered and removed while the app runs', async () => {
    const { registry, health } = service();
    registry.register('late', { name: 'late' }, () => false);
    expect((await health.report()).state).toBe('DOWN');
    expect((await health.reportNamed('late'))?.state).toBe('DOWN');
    registry.remove('late');
    expect(await health.report()).toEqual({ state: 'UP', checks: [], notReady: [] });
    expect(await health.reportNamed('late')).toBeUndefined();
  });
});

describe('the log', () => {
  it('says once that a check fails, and once that it is well again', async () => {
    const { lines, logger } = recordingLogger();
    Logger.overrideLogger(logger);
    const { registry, health } = service();
    let up = false;
    registry.register('disk', {}, () => up);
    await health.report();
    await health.report();
    up = true;
    await health.report();
    await health.report();
    expect(lines).toEqual({
      error: ['disk is DOWN: the check returned false'],
      log: ['disk is UP again'],
      warn: [],
    });
  });
});
