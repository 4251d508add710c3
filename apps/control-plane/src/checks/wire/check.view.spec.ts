import type { CheckDefinition, CheckTarget } from '@vitals/core/check';
import fc from 'fast-check';
import { certificate, daysFromNow } from '../../../../../libs/health/test/certificate.js';
import { readBody } from '../../http/validation.js';
import { CheckDto } from './check.dto.js';
import { definedBody, definitionOf } from './check.body.js';

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

const notAfter = daysFromNow(9);
const client = certificate({ commonName: 'client', notAfter });
const ofTls = fc.oneof(
  fc.constant({}),
  fc.constant({ ca: client.cert, clientCertificate: client.cert, clientKey: client.key }),
  fc.constantFrom({ serverName: 'shop.example.org' }, { serverName: '2001:db8::1' }),
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
      maxBodyBytes: fc.constantFrom(1_024, 65_537, 1_048_576),
      tlsSkipVerify: fc.boolean(),
    },
    { requiredKeys: ['kind', 'url', 'method', 'headers', 'expectedCodes', 'tlsSkipVerify'] },
  ),
  fc.record({ kind: fc.constant('tcp' as const), ...place }),
  fc
    .record(
      {
        kind: fc.constant('grpc' as const),
        ...place,
        service: fc.constantFrom('', 'shop.Orders'),
        authority: fc.constantFrom('orders.mesh', '[2001:db8::1]:443'),
        tls: fc.constant(true),
        tlsSkipVerify: fc.boolean(),
      },
      { requiredKeys: ['kind', 'host', 'port', 'service', 'tls', 'tlsSkipVerify'] },
    )
    .chain((grpc) => ofTls.map((more) => ({ ...grpc, ...more }))),
  fc
    .record(
      {
        kind: fc.constant('tls' as const),
        ...place,
        warnBeforeMs: fc.integer({ min: 0, max: 2_000_000_000 }),
        tlsSkipVerify: fc.constant(true),
      },
      { requiredKeys: ['kind', 'host', 'port', 'warnBeforeMs'] },
    )
    .chain((tls) => ofTls.map((more) => ({ ...tls, ...more }))),
  fc.record(
    {
      kind: fc.constant('dns' as const),
      name: fc.constantFrom('shop.example.org', '_sip._tcp.example'),
      record: fc.constant('TXT' as const),
      contains: fc.uniqueArray(fc.string({ maxLength: 9 }), { minLength: 1 }).map((all) => all.toSorted()),
      server: fc.record(place),
    },
    { requiredKeys: ['kind', 'name', 'record'] },
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
        const told = JSON.parse(JSON.stringify(definedBody(definition))) as object;
        expect(definitionOf(await readBody(CheckDto, told), definition.id, definition)).toEqual(definition);
      }),
      { numRuns: 30 },
    );
  });

  it('does not say what its headers say, nor the key of the client', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const told = JSON.stringify(definedBody(definition));
        expect(told).not.toMatch(/s3cret|PRIVATE KEY/);
      }),
    );
  });
});
