import type { CheckDefinition, CheckTarget } from '@vitals/core/probe';
import fc from 'fast-check';
import { definitionOf, readCheckBody } from '../check.body.js';
import { definedBody } from './check.view.js';

const place = {
  host: fc.constantFrom('db.example.org', '10.0.0.7', '2001:db8::1'),
  port: fc.integer({ min: 1, max: 65_535 }),
};
const codes = fc
  .tuple(fc.integer({ min: 100, max: 599 }), fc.integer({ min: 100, max: 599 }))
  .map(([one, other]) => ({ first: Math.min(one, other), last: Math.max(one, other) }));
const text = fc.string({ minLength: 1, maxLength: 20 });
const condition = fc.oneof(
  fc.record({ kind: fc.constantFrom('contains' as const, 'lacks' as const), text }),
  fc.record({
    kind: fc.constant('json' as const),
    pointer: fc.constantFrom('', '/status', '/a~1b/0'),
    value: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
  }),
);

const targets: fc.Arbitrary<CheckTarget> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('http' as const),
      url: fc.constantFrom('http://10.0.0.7:8080/health', 'https://shop.example.org/?deep=1'),
      method: fc.constantFrom('POST' as const, 'PUT' as const),
      headers: fc.constantFrom<Record<string, string>>(
        {},
        { Authorization: 'Bearer s3cret', host: 'shop:80' },
      ),
      body: text,
      expectedCodes: fc.array(codes, { minLength: 1, maxLength: 3 }),
      expectedBody: condition,
      tlsSkipVerify: fc.boolean(),
    },
    { requiredKeys: ['kind', 'url', 'method', 'headers', 'expectedCodes', 'tlsSkipVerify'] },
  ),
  fc.record({ kind: fc.constant('tcp' as const), ...place }),
  fc.record({
    kind: fc.constant('grpc' as const),
    ...place,
    service: fc.constantFrom('', 'shop.Orders'),
    tls: fc.constant(true),
    tlsSkipVerify: fc.boolean(),
  }),
  fc.record(
    {
      kind: fc.constant('tls' as const),
      ...place,
      serverName: fc.constant('shop.example.org'),
      warnBeforeMs: fc.integer({ min: 0, max: 2_000_000_000 }),
    },
    { requiredKeys: ['kind', 'host', 'port', 'warnBeforeMs'] },
  ),
  fc.constant({ kind: 'ttl' as const }),
);

const windows = fc.oneof(
  fc.constant({ kind: 'once' as const, startMs: 1_769_853_600_000, endMs: 1_769_853_600_123 }),
  fc.constant({
    kind: 'cron' as const,
    expression: '30 2 * * 6',
    durationMs: 7_200_000,
    timeZone: 'Europe/Berlin',
  }),
);

const definitions: fc.Arbitrary<CheckDefinition> = fc.record(
  {
    id: fc.constant('shop'),
    name: fc.constant('The shop'),
    target: targets,
    intervalMs: fc.integer({ min: 60_000, max: 86_400_000 }),
    timeoutMs: fc.integer({ min: 1, max: 60_000 }),
    successBeforePassing: fc.integer({ min: 1, max: 100 }),
    failuresBeforeWarning: fc.integer({ min: 1, max: 5 }),
    failuresBeforeCritical: fc.integer({ min: 5, max: 100 }),
    deregisterAfterMs: fc.constant(0),
    parent: fc.constant('db|blue:http:10.0.0.7:80'),
    maintenance: fc.array(windows, { maxLength: 2 }),
    labels: fc.constantFrom<Record<string, string>>({}, { tier: 'gold' }),
    paused: fc.boolean(),
  },
  {
    requiredKeys: [
      'id',
      'target',
      'intervalMs',
      'timeoutMs',
      'successBeforePassing',
      'failuresBeforeWarning',
      'failuresBeforeCritical',
      'deregisterAfterMs',
      'maintenance',
      'labels',
      'paused',
    ],
  },
);

describe('A check as it is told', () => {
  it('defines the same check when it is sent back', async () => {
    await fc.assert(
      fc.asyncProperty(definitions, async (given) => {
        const isTtl = given.target.kind === 'ttl';
        const definition = isTtl ? { ...given, timeoutMs: 2_000 } : given;
        const told = JSON.parse(JSON.stringify(definedBody({ definition, isTtl }))) as object;
        expect(definitionOf(await readCheckBody(told), definition.id, definition)).toEqual(definition);
      }),
      { numRuns: 30 },
    );
  });

  it('does not say what its headers say', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        expect(JSON.stringify(definedBody({ definition, isTtl: false }))).not.toContain('s3cret');
      }),
    );
  });
});
