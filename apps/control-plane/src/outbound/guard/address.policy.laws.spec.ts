import fc from 'fast-check';
import { TargetPolicy } from './target.policy.js';
import { httpTarget } from '../../../test/outbound/outbound-fixture.js';
import { AddressPolicy } from './address.policy.js';
import { parseIpAddress } from '@vitals/core/check';

const NONE = new AddressPolicy([]);
const TARGETS = new TargetPolicy(NONE);

type Octets = [number, number, number, number];

const DENIED: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

const valueOf = (text: string): number => Number((parseIpAddress(text) as bigint) & 0xffff_ffffn);
const octetsOf = (value: number): Octets => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];
const hex = (value: number): string => value.toString(16);

const deniedIpv4 = fc
  .tuple(fc.constantFrom(...DENIED), fc.integer({ min: 0, max: 0xffff_ffff }))
  .map(([[network, bits], random]) => {
    const free = 2 ** (32 - bits);
    return valueOf(network) + (random % free);
  });

/** Each octet and each short form, in each base that inet_aton reads. */
const number = (value: number): fc.Arbitrary<string> =>
  fc.constantFrom(
    `${value}`,
    `0x${hex(value)}`,
    `0X${hex(value).toUpperCase()}`,
    `0${value.toString(8)}`,
    `0x00${hex(value)}`,
  );

function dotted(value: number): fc.Arbitrary<string> {
  const [a, b, c, d] = octetsOf(value);
  return fc.oneof(
    number(value),
    fc.tuple(number(a), number(value & 0xff_ffff)).map((parts) => parts.join('.')),
    fc.tuple(number(a), number(b), number(value & 0xffff)).map((parts) => parts.join('.')),
    fc.tuple(number(a), number(b), number(c), number(d)).map((parts) => parts.join('.')),
  );
}

/** Every way in which IPv6 carries an IPv4 address. */
function carried(value: number): fc.Arbitrary<string> {
  const [a, b, c, d] = octetsOf(value);
  const [high, low] = [hex(value >>> 16), hex(value & 0xffff)];
  const [notHigh, notLow] = [hex(~value >>> 16), hex(~value & 0xffff)];
  return fc.constantFrom(
    `::ffff:${a}.${b}.${c}.${d}`,
    `::ffff:${high}:${low}`,
    `0:0:0:0:0:FFFF:${high}:${low}`,
    `0000:0000:0000:0000:0000:ffff:${a}.${b}.${c}.${d}`,
    `::${a}.${b}.${c}.${d}`,
    `::ffff:0:${a}.${b}.${c}.${d}`,
    `64:ff9b::${a}.${b}.${c}.${d}`,
    `64:ff9b::${high}:${low}`,
    `2002:${high}:${low}::1`,
    `2001:0:${high}:${low}::f7f7:f7f7`,
    `2001:0:808:808::${notHigh}:${notLow}`,
    `2606:4700::5efe:${high}:${low}`,
    `2606:4700::200:5efe:${a}.${b}.${c}.${d}`,
  );
}

describe('every address of a denied range', () => {
  it('is denied in every form that a URL takes', () => {
    const forms = deniedIpv4.chain((value) =>
      fc.oneof(
        dotted(value),
        carried(value).map((text) => `[${text}]`),
      ),
    );
    const law = fc.property(
      forms,
      fc.constantFrom('', '.'),
      fc.constantFrom('http', 'https'),
      (host, dot, scheme) => {
        const target = httpTarget(`${scheme}://${host}${host.startsWith('[') ? '' : dot}:8080/health`);
        expect(TARGETS.refusalOf(target)).toEqual(expect.any(String));
      },
    );
    fc.assert(law, { numRuns: 500 });
  });

  it('is denied in every form that the host of another check takes', () => {
    const forms = deniedIpv4.chain((value) => fc.oneof(dotted(value), carried(value)));
    const law = fc.property(forms, (host) => {
      const refusal = TARGETS.refusalOf({ kind: 'tcp', host, port: 1 });
      expect(refusal).toEqual(expect.any(String));
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('is denied by the policy as it is, and inside an IPv6 address', () => {
    const texts = deniedIpv4.chain((value) =>
      fc.oneof(fc.constant(octetsOf(value).join('.')), carried(value)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(NONE.denialOf(text)).toEqual(expect.any(String));
      }),
      { numRuns: 500 },
    );
  });
});

describe('an IPv6 address', () => {
  it('is one number however it is written', () => {
    const law = fc.property(
      fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }),
      (groups) => {
        const long = groups.map((group) => hex(group).padStart(4, '0')).join(':');
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
        expect(parseIpAddress(short)).toBe(
          groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n),
        );
        expect(parseIpAddress(long.toUpperCase())).toBe(parseIpAddress(short));
      },
    );
    fc.assert(law);
  });
});
