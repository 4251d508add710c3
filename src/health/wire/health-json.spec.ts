import { Ajv } from 'ajv';
import fc from 'fast-check';
import type { CheckResult } from '../health-check.js';
import { summarise } from '../report.js';
import type { HealthState } from '../status.js';
import type { HealthDetail } from './wire-answer.js';
import { healthJson, type HealthJsonService } from './health-json.js';

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
    durationMs: 1.2345,
    checkedAtMs: 0,
    ageMs: 0,
    ...rest,
    ...more,
  };
}

function answer(results: CheckResult[], detail: HealthDetail = 'full', service?: HealthJsonService) {
  const { status, headers, body } = healthJson(summarise(results), detail, service);
  return { status, headers, body: JSON.parse(body as string) };
}

/** What draft-inadarei-api-health-check-06 demands of what is written here, and no member that it does not know. */
const text = { type: 'string' };
const status = { enum: ['pass', 'warn', 'fail'] };
const observation = {
  type: 'object',
  required: ['observedValue'],
  properties: {
    componentId: text,
    observedValue: { type: ['string', 'number', 'boolean'] },
    observedUnit: text,
    status,
    time: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    output: text,
  },
  additionalProperties: false,
  if: { properties: { status: { enum: ['warn', 'fail'] } }, required: ['status'] },
  else: { not: { required: ['output'] } },
};
const schema = {
  type: 'object',
  required: ['status'],
  properties: {
    status,
    serviceId: text,
    releaseId: text,
    checks: {
      type: 'object',
      propertyNames: { pattern: '^[^:]*:[^:]*$' },
      additionalProperties: { type: 'array', minItems: 1, items: observation },
    },
  },
  additionalProperties: false,
};
const valid = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile(schema);

describe('healthJson', () => {
  it.each<[HealthState, boolean, number, string, string]>([
    ['UP', true, 200, 'pass', 'pass'],
    ['DEGRADED', true, 200, 'warn', 'warn'],
    ['DOWN', false, 200, 'warn', 'fail'],
    ['DOWN', true, 503, 'fail', 'fail'],
  ])('writes a check that is %s and critical: %s as %d %s', (state, critical, code, whole, part) => {
    expect(answer([result(state, { critical })], 'names')).toEqual({
      status: code,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/health+json' },
      body: { status: whole, checks: { 'disk:status': [{ observedValue: state, status: part }] } },
    });
  });

  it('tells identity, time, output, duration, age and every attribute at detail full', () => {
    const attributes = { free: 5, path: '/', ok: true };
    const { body } = answer([result('DOWN', { attributes, reason: 'full', ageMs: 1500.4 })]);
    const componentId = 'Disk#check';
    expect(body.checks).toEqual({
      'disk:status': [
        {
          componentId,
          observedValue: 'DOWN',
          status: 'fail',
          time: '1970-01-01T00:00:00.000Z',
          output: 'full',
        },
      ],
      'disk:duration': [{ componentId, observedValue: 1.23, observedUnit: 'ms' }],
      'disk:age': [{ componentId, observedValue: 1500, observedUnit: 'ms' }],
      'disk:free': [{ componentId, observedValue: 5 }],
      'disk:path': [{ componentId, observedValue: '/' }],
      'disk:ok': [{ componentId, observedValue: true }],
    });
  });

  it('has no output on a pass, although a failure is being waited out, and no age on a new result', () => {
    const { checks } = answer([result('UP', { reason: 'one failure of three' })]).body;
    expect(checks['disk:status'][0]).not.toHaveProperty('output');
    expect(checks).not.toHaveProperty('disk:age');
  });

  it('keeps all observations under one key, states first', () => {
    const attributes = { status: 'my own', duration: 'long' };
    const { checks } = answer([result('UP', { id: 'A#a', attributes }), result('DOWN', { id: 'B#b' })]).body;
    const values = (key: string) =>
      checks[key].map((one: { componentId: string; observedValue: unknown }) => [
        one.componentId,
        one.observedValue,
      ]);
    expect(values('disk:status')).toEqual([
      ['A#a', 'UP'],
      ['B#b', 'DOWN'],
      ['A#a', 'my own'],
    ]);
    expect(values('disk:duration')).toEqual([
      ['A#a', 1.23],
      ['A#a', 'long'],
      ['B#b', 1.23],
    ]);
  });

  it('tells who answers, except at detail status, where it tells the status only', () => {
    const service = { serviceId: 'orders', releaseId: '1.2.3' };
    expect(answer([], 'names', service).body).toEqual({ status: 'pass', ...service, checks: {} });
    expect(answer([result('DOWN')], 'status', service).body).toEqual({ status: 'fail' });
    expect(answer([], 'full', {}).body).toEqual({ status: 'pass', checks: {} });
  });

  it('leaves colons to the draft, as the separator', () => {
    const { checks } = answer([result('UP', { name: 'tcp://db:5432', attributes: { 'a:b': 1 } })]).body;
    expect(Object.keys(checks)).toEqual([
      'tcp%3A//db%3A5432:status',
      'tcp%3A//db%3A5432:duration',
      'tcp%3A//db%3A5432:a%3Ab',
    ]);
  });

  it('is valid, and loses no check, whatever names, attributes and reasons there are', () => {
    const name = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', '<b>"x"</b>', 'two\nlines', 'x'.repeat(10_000), 'a:b', ''),
      fc.string(),
    );
    const value = fc.oneof(fc.string(), fc.boolean(), fc.integer());
    const check = fc
      .record({
        name,
        state: fc.constantFrom<HealthState>('UP', 'DEGRADED', 'DOWN'),
        reason: fc.option(fc.string(), { nil: undefined }),
        attributes: fc
          .array(fc.tuple(name, value), { maxLength: 3 })
          .map((pairs) => Object.fromEntries(pairs)),
        ageMs: fc.constantFrom(0, 5),
      })
      .map(({ state, ...more }) => result(state, more));
    const checks = fc.array(check, { maxLength: 5 });
    fc.assert(
      fc.property(checks, fc.constantFrom<HealthDetail>('status', 'names', 'full'), (all, detail) => {
        const { body } = answer(
          all.map((one, index) => ({ ...one, id: `I#${index}` })),
          detail,
        );
        expect(valid(body) || valid.errors).toBe(true);
        if (detail === 'status') return;
        const states = Object.values<{ status?: string }[]>(body.checks).flat();
        expect(states.filter((one) => one.status !== undefined)).toHaveLength(all.length);
      }),
    );
  });
});
