import type { CheckResult } from '../health-check.js';
import { type HealthReport, summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from './wire-answer.js';
import { terminus } from './terminus.js';

function result(state: HealthState, more: Partial<CheckResult> = {}): CheckResult {
  const rest = {
    attributes: {},
    reason: undefined,
    kinds: [],
    critical: true,
    error: new Error('for the log'),
  };
  return {
    id: 'Disk#check',
    name: 'disk',
    state,
    durationMs: 1.6,
    checkedAtMs: 0,
    ageMs: 0,
    ...rest,
    ...more,
  };
}

function answer(report: HealthReport, detail: HealthDetail = 'names') {
  const { status, headers, body } = terminus(report, detail);
  return { status, headers, body: JSON.parse(body as string) };
}

describe('terminus', () => {
  it.each<[HealthState, boolean, number, string, 'info' | 'error', string]>([
    ['UP', true, 200, 'ok', 'info', 'up'],
    ['DEGRADED', true, 200, 'degraded', 'info', 'degraded'],
    ['DOWN', false, 200, 'degraded', 'error', 'down'],
    ['DOWN', true, 503, 'error', 'error', 'down'],
  ])('writes a check that is %s and critical: %s as %d %s', (state, critical, status, whole, list, part) => {
    const disk = { disk: { status: part } };
    expect(answer(summarise([result(state, { critical })]))).toEqual({
      status,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
      body: { status: whole, info: {}, error: {}, [list]: disk, details: disk },
    });
  });

  it('has the members of terminus in their order, with nothing in them if there is nothing to check', () => {
    expect(terminus(summarise([]), 'full').body).toBe('{"status":"ok","info":{},"error":{},"details":{}}');
  });

  it.each<HealthState>(['UP', 'DOWN'])(
    'is shutting down once the app ends, with 503, while checks are %s',
    (state) => {
      const report = summarise([result(state)], ['shutdown']);
      expect(answer(report)).toMatchObject({ status: 503, body: { status: 'shutting_down' } });
      expect(answer(summarise([result('UP')], ['warm-up'])).body.status).toBe('ok');
    },
  );

  it('tells attributes, message and response time at detail full', () => {
    const report = summarise([result('DOWN', { attributes: { free: 5 }, reason: 'full' })]);
    const disk = { free: 5, message: 'full', responseTime: 2, status: 'down' };
    expect(answer(report, 'full').body.details).toEqual({ disk });
    expect(answer(report, 'names').body.details).toEqual({ disk: { status: 'down' } });
    expect(answer(report, 'status').body).toEqual({ status: 'error', info: {}, error: {}, details: {} });
  });

  it('marks a result that was not made for the request as cached, with its age', () => {
    const { disk } = answer(summarise([result('UP', { ageMs: 1500.4 })]), 'full').body.info;
    expect(disk).toEqual({ responseTime: 2, cachedResponse: true, ageMs: 1500, status: 'up' });
  });

  it('never takes an attribute for the status', () => {
    const report = summarise([result('DOWN', { attributes: { status: 'up' } })]);
    expect(answer(report, 'full').body.error.disk.status).toBe('down');
  });

  it('does not let one check overwrite another of the same name', () => {
    const report = summarise([result('UP', { id: 'A#a' }), result('DOWN', { id: 'B#b' })]);
    expect(answer(report).body).toEqual({
      status: 'error',
      info: { 'disk (A#a)': { status: 'up' } },
      error: { 'disk (B#b)': { status: 'down' } },
      details: { 'disk (A#a)': { status: 'up' }, 'disk (B#b)': { status: 'down' } },
    });
  });

  it('carries hostile names and attributes', () => {
    const names = ['<b>"x"</b>', 'two\nlines', '__proto__', 'constructor', 'x'.repeat(10_000)];
    const attributes = Object.fromEntries([['__proto__', 1]]);
    const results = names.map((name, index) => result('DOWN', { name, id: `I#${index}`, attributes }));
    const { details } = answer(summarise(results), 'full').body;
    expect(Object.keys(details).sort()).toEqual([...names].sort());
    for (const one of Object.values<object>(details)) {
      expect(Object.entries(one)).toContainEqual(['__proto__', 1]);
      expect(one).toMatchObject({ status: 'down' });
    }
  });
});
