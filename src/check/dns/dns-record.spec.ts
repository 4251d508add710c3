import fc from 'fast-check';
import {
  canonicalName,
  canonicalRecord,
  DNS_RECORD_EXAMPLES,
  DNS_RECORD_TYPES,
  type DnsRecordType,
  recordsFault,
  recordsOf,
  reverseName,
} from '../index.js';

describe('A record that somebody wrote down', () => {
  it.each<[DnsRecordType, string, string]>([
    ['A', ' 192.0.2.1 ', '192.0.2.1'],
    ['AAAA', '2001:DB8:0:0::0001', '2001:db8::1'],
    ['AAAA', '::ffff:192.0.2.1', '::ffff:c000:201'],
    ['CNAME', 'Web.Example.', 'web.example'],
    ['CNAME', 'bücher.example', 'xn--bcher-kva.example'],
    ['NS', 'NS1.example.', 'ns1.example'],
    ['PTR', 'host.example', 'host.example'],
    ['MX', '010  Mail.Example.', '10 mail.example'],
    ['MX', '0 .', '0 .'],
    ['SRV', '0 5 5060 SIP.example.', '0 5 5060 sip.example'],
    ['SOA', 'ns1.example. admin.example. 1 2 3 4 5', 'ns1.example admin.example 1 2 3 4 5'],
    ['CAA', '0 Issue "CA.example; a=b"', '0 issue "CA.example; a=b"'],
    ['CAA', '128 iodef mailto:a@b', '128 iodef "mailto:a@b"'],
    ['TXT', 'v=spf1  -all', 'v=spf1  -all'],
    ['TXT', '"v=spf1 " "-all"', 'v=spf1 -all'],
    ['TXT', '"a\\"b\\\\c\\065"', 'a"b\\cA'],
    ['TXT', '"gr\\195\\188n"', 'grün'],
    ['TXT', 'grün', 'grün'],
    ['TXT', '', ''],
  ])('of type %s has one form: %s is %s', (type, text, canonical) => {
    expect(canonicalRecord(type, text)).toBe(canonical);
  });

  it.each<[DnsRecordType, string]>([
    ['A', '192.0.2'],
    ['A', '192.0.2.256'],
    ['A', '0300.0.2.1'],
    ['A', '192.0.2.1.'],
    ['A', '2001:db8::1'],
    ['AAAA', '192.0.2.1'],
    ['AAAA', 'fe80::1%eth0'],
    ['AAAA', '[::1]'],
    ['CNAME', 'http://web.example'],
    ['CNAME', 'web..example'],
    ['CNAME', ''],
    ['NS', `${'a'.repeat(64)}.example`],
    ['MX', 'mail.example'],
    ['MX', '10 mail example'],
    ['SRV', 'sip.example:5060'],
    ['SOA', 'ns1.example'],
    ['CAA', 'letsencrypt.org'],
    ['CAA', '0 issue "open'],
    ['TXT', '"open'],
    ['TXT', '"a" b'],
  ])('is no %s if it is %j', (type, text) => {
    expect(canonicalRecord(type, text)).toBeUndefined();
  });

  it.each(DNS_RECORD_TYPES)('is explained by an example that is one: %s', (type) => {
    const example = DNS_RECORD_EXAMPLES[type];
    expect(canonicalRecord(type, example)).toBe(example);
  });

  it('is in its one form already when it is read again, unless it is text', () => {
    const types = DNS_RECORD_TYPES.filter((type) => type !== 'TXT');
    const text = fc.oneof(
      fc.constantFrom(...Object.values(DNS_RECORD_EXAMPLES)),
      fc.string(),
      fc.domain(),
      fc.ipV6(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), text, (type, given) => {
        const once = canonicalRecord(type, given);
        if (once !== undefined) expect(canonicalRecord(type, once)).toBe(once);
      }),
    );
  });
});

describe('The records of an answer', () => {
  it.each<[DnsRecordType, unknown, string[]]>([
    ['A', ['192.0.2.2', '192.0.2.1', '192.0.2.2'], ['192.0.2.1', '192.0.2.2']],
    ['AAAA', ['2001:db8:0:0::1'], ['2001:db8::1']],
    ['CNAME', ['Web.Example'], ['web.example']],
    ['MX', [{ priority: 10, exchange: 'Mail.Example' }], ['10 mail.example']],
    ['MX', [{ priority: 0, exchange: '' }], ['0 .']],
    ['SRV', [{ priority: 0, weight: 5, port: 5060, name: 'sip.example' }], ['0 5 5060 sip.example']],
    [
      'SOA',
      {
        nsname: 'ns1.example',
        hostmaster: 'a.example',
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minttl: 5,
      },
      ['ns1.example a.example 1 2 3 4 5'],
    ],
    ['CAA', [{ critical: 0, issue: 'ca.example' }], ['0 issue "ca.example"']],
    ['TXT', [['gr\u00c3\u00bcn'], ['\u00fc']], ['grün', '\u00fc']],
    ['TXT', [['v=spf1 ', '-all'], ['"quoted"']], ['"quoted"', 'v=spf1 -all']],
  ])('of type %s are in order, each once: %j', (type, answer, records) => {
    expect(recordsOf(type, answer)).toEqual(records);
  });

  it.each<[object, string | undefined]>([
    [{}, undefined],
    [{ expected: ['b', 'a'] }, undefined],
    [{ contains: ['b'] }, undefined],
    [{ contains: ['b', 'c', 'd'] }, 'lacks c, d'],
    [{ expected: ['a'] }, 'has b, which is not expected'],
    [{ expected: ['a', 'c'] }, 'lacks c and has b, which is not expected'],
  ])('a and b, of which %j is asked', (asked, fault) => {
    expect(recordsFault(['a', 'b'], asked)).toBe(fault);
  });
});

describe('A name of DNS', () => {
  it.each([
    ['_sip._tcp.Example.', '_sip._tcp.example'],
    ['*.example', '*.example'],
    ['0/25.2.0.192.in-addr.arpa', '0/25.2.0.192.in-addr.arpa'],
    ['.', '.'],
    ['a b', undefined],
    ['a:53', undefined],
    [`${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a`],
    [`${'a.'.repeat(126)}aa`, undefined],
    ['bücher.example/x', undefined],
  ])('has one form: %s', (text, canonical) => {
    expect(canonicalName(text)).toBe(canonical);
  });

  it.each([
    ['192.0.2.1', '1.2.0.192.in-addr.arpa'],
    ['2001:db8::1', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
    ['::', `${'0.'.repeat(32)}ip6.arpa`],
    ['host.example', undefined],
  ])('is that of an address: %s', (address, name) => {
    expect(reverseName(address)).toBe(name);
  });
});
