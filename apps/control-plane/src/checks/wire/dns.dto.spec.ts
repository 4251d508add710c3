import type { DnsRecordType } from '@vitals/core/check';
import { faultsOf } from '../../../test/checks/check-body-faults.js';
import { readBody } from '../../http/validation.js';
import { CheckDto } from './check.dto.js';
import { definedBody, definitionOf } from './check.body.js';

const dns = (more: object): object => ({ type: 'dns', dns: { name: 'shop.example', record: 'A', ...more } });
const definedBy = async (more: object) => definitionOf(await readBody(CheckDto, dns(more)), 'shop');

describe('The target of a check of DNS', () => {
  it.each<[object, object]>([
    [{}, { kind: 'dns', name: 'shop.example', record: 'A' }],
    [{ name: 'Shop.EXAMPLE.' }, { kind: 'dns', name: 'shop.example', record: 'A' }],
    [
      { name: '_sip._tcp.example', record: 'SRV' },
      { kind: 'dns', name: '_sip._tcp.example', record: 'SRV' },
    ],
    [
      { name: '192.0.2.1', record: 'PTR' },
      { kind: 'dns', name: '1.2.0.192.in-addr.arpa', record: 'PTR' },
    ],
    [
      { record: 'AAAA', expected: ['2001:DB8:0::2', '2001:db8::1', '2001:db8::0002'] },
      { kind: 'dns', name: 'shop.example', record: 'AAAA', expected: ['2001:db8::1', '2001:db8::2'] },
    ],
    [
      { record: 'MX', contains: ['010 Mail.Example.'] },
      { kind: 'dns', name: 'shop.example', record: 'MX', contains: ['10 mail.example'] },
    ],
    [
      { server: '192.0.2.53' },
      { kind: 'dns', name: 'shop.example', record: 'A', server: { host: '192.0.2.53', port: 53 } },
    ],
    [
      { server: '[2001:DB8::53]:5353' },
      { kind: 'dns', name: 'shop.example', record: 'A', server: { host: '2001:db8::53', port: 5_353 } },
    ],
    [
      { server: '2001:db8::53' },
      { kind: 'dns', name: 'shop.example', record: 'A', server: { host: '2001:db8::53', port: 53 } },
    ],
    [
      { server: 'NS1.example:53' },
      { kind: 'dns', name: 'shop.example', record: 'A', server: { host: 'ns1.example', port: 53 } },
    ],
  ])('is read in one form, told, and the same when it is sent back: %j', async (more, target) => {
    const definition = await definedBy(more);
    expect(definition.target).toEqual(target);
    const told = definedBody(definition);
    expect(definitionOf(await readBody(CheckDto, told), 'shop').target).toEqual(target);
  });

  it.each(['"quoted"', 'a "b" c', '"', 'back\\slash', '"a" b', 'grün', 'v=spf1 -all', ' spaced '])(
    'tells the text %j so that it is read as that again',
    async (text) => {
      const inQuotes = JSON.stringify(text);
      const definition = await definedBy({ record: 'TXT', expected: [inQuotes] });
      expect(definition.target).toMatchObject({ expected: [text] });
      const told = definedBody(definition);
      expect(definitionOf(await readBody(CheckDto, told), 'shop').target).toEqual(definition.target);
    },
  );

  it.each<[string, object, string, RegExp]>([
    ['no name', { name: undefined }, 'name', /must be a name of DNS/],
    ['a URL', { name: 'http://shop.example' }, 'name', /must be a name of DNS/],
    ['the root', { name: '.' }, 'name', /must be a name of DNS/],
    ['an address, but for PTR', { name: '192.0.2.1' }, 'name', /for PTR it may be an IP address/],
    [
      'an address in a form that no DNS knows',
      { name: '::g', record: 'PTR' },
      'name',
      /must be a name of DNS/,
    ],
    ['an unknown type', { record: 'ANY' }, 'record', /A, AAAA, CAA, CNAME, MX, NS, PTR, SOA, SRV, TXT/],
    [
      'nothing expected',
      { expected: [] },
      'expected',
      /a list of 1 to 32 A records, each such as "192.0.2.1"/,
    ],
    ['text where a list belongs', { expected: '192.0.2.1' }, 'expected', /a list of 1 to 32 A records/],
    ['a record of another type', { expected: ['2001:db8::1'] }, 'expected', /each such as "192.0.2.1"/],
    ['a record that is not a string', { contains: [7] }, 'contains', /each such as "192.0.2.1"/],
    ['null among the records', { contains: [null] }, 'contains', /each such as "192.0.2.1"/],
    ['too many', { contains: Array.from({ length: 33 }, () => '192.0.2.1') }, 'contains', /1 to 32/],
    ['one that is too long', { record: 'TXT', contains: ['a'.repeat(2_049)] }, 'contains', /2048 characters/],
    ['both conditions', { expected: ['192.0.2.1'], contains: ['192.0.2.1'] }, 'expected', /beside contains/],
    ['a server that is a URL', { server: 'https://dns.example' }, 'server', /a host with its port/],
    ['a server on port 0', { server: '192.0.2.53:0' }, 'server', /a host with its port/],
    ['a server with a zone', { server: '[fe80::1%eth0]:53' }, 'server', /a host with its port/],
    ['a misspelt member', { type: 'A' }, 'type', /not known here; .*\brecord\b/],
  ])('is refused with %s', async (_what, more, member, detail) => {
    expect(await faultsOf(dns(more))).toEqual([
      { pointer: `/dns/${member}`, detail: expect.stringMatching(detail) as string },
    ]);
  });

  it.each<[DnsRecordType, string]>([
    ['MX', '10 mail.example'],
    ['CAA', '0 issue "ca.example"'],
  ])('is explained by an example of its type: %s', async (record, example) => {
    const [fault] = await faultsOf(dns({ record, expected: ['?'] }));
    expect(fault?.detail).toContain(JSON.stringify(example));
  });
});
