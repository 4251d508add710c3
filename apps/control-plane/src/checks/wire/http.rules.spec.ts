import { faultsOf } from '../../../test/checks/check-body-faults.js';

const URL_ = 'https://shop.example.org/health';

const http = (more: object): object => ({ type: 'http', http: { url: URL_, ...more } });
const headers = (count: number, text: string): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, text]));

describe('The HTTP target of a check', () => {
  it.each<[string, object, string, RegExp]>([
    ['no URL', { url: 'shop' }, '/url', /must be a URL/],
    ['a URL of a file', { url: 'file:///etc/passwd' }, '/url', /http:\/\/ or https:\/\//],
    ['a URL with credentials', { url: 'http://a:b@c/' }, '/url', /in the header authorization/],
    ['a URL of 4 kB', { url: `http://a/${'b'.repeat(4_096)}` }, '/url', /2048 characters/],
    ['a method that is none', { method: 'BREW' }, '/method', /GET, HEAD/],
    ['headers in a list', { headers: ['a'] }, '/headers', /object of texts/],
    [
      'a header on two lines',
      { headers: { a: 'b\r\nhost: c' } },
      '/headers',
      /"a" must be text .* on one line/,
    ],
    ['a name on two lines', { headers: { 'a\r\nb': 'c' } }, '/headers', /is not a valid header name/],
    ['a name with a colon', { headers: { 'a:': 'c' } }, '/headers', /is not a valid header name/],
    [
      'a header of the connection',
      { headers: { Connection: 'close' } },
      '/headers',
      /belongs to the connection/,
    ],
    [
      'its own framing',
      { headers: { 'Transfer-Encoding': 'chunked' } },
      '/headers',
      /belongs to the connection/,
    ],
    ['a host that is two', { headers: { host: 'a b' } }, '/headers', /must be a host/],
    ['a header twice', { headers: { a: '1', A: '2' } }, '/headers', /"A" is there twice/],
    ['too many headers', { headers: headers(33, '') }, '/headers', /at most 32/],
    ['headers of 10 kB', { headers: headers(10, 'a'.repeat(1_000)) }, '/headers', /8192 bytes/],
    ['a body for GET', { body: 'a' }, '/body', /choose another method/],
    ['a body above 4 KiB', { method: 'POST', body: 'ä'.repeat(2_049) }, '/body', /4096 bytes/],
    ['no codes', { expected_codes: [] }, '/expected_codes', /from 100 to 599/],
    [
      'a reference that is not the whole value',
      { headers: { authorization: 'Bearer env:VITALS_CHECK_SECRET_SHOP' } },
      '/headers',
      /has to be the whole value/,
    ],
    ['a code that is none', { expected_codes: [99] }, '/expected_codes', /from 100 to 599/],
    ['codes backwards', { expected_codes: ['299-200'] }, '/expected_codes', /from 100 to 599/],
    ['nothing to search for', { body_contains: '' }, '/body_contains', /1 to 1024/],
    [
      'a pointer that is none',
      { body_json: { pointer: 'a', value: 1 } },
      '/body_json/pointer',
      /JSON Pointer/,
    ],
    [
      'a value that is a list',
      { body_json: { pointer: '/a', value: [] } },
      '/body_json/value',
      /true, false/,
    ],
    ['a condition in words', { body_json: 'up' }, '/body_json', /^must be an object with pointer and value$/],
    ['no value', { body_json: { pointer: '/a' } }, '/body_json/value', /true, false/],
    ['a condition for HEAD', { method: 'HEAD', body_lacks: 'a' }, '/body_lacks', /HEAD is answered without/],
    ['no amount of a body', { max_body: 'all' }, '/max_body', /number of bytes, or text such as "256KiB"/],
    ['an amount in a list', { max_body: [65_536] }, '/max_body', /number of bytes/],
    ['too little of a body', { max_body: '1kB' }, '/max_body', /from 1024 .* to 1048576 .*, and is 1000/],
    ['too much of a body', { max_body: '1025KiB' }, '/max_body', /1048576 \(1 MiB\) bytes, and is 1049600/],
    ['TLS in words', { tls_skip_verify: 'no' }, '/tls_skip_verify', /true or false/],
  ])('is refused with %s', async (_what, more, at, detail) => {
    expect(await faultsOf(http(more))).toEqual([
      { pointer: `/http${at}`, detail: expect.stringMatching(detail) },
    ]);
  });

  it.each([1_024, '1KiB', 65_536, '64 kib', '500kB', '1MiB', 1_048_576])(
    'may look at %j of a body',
    async (max_body) => {
      expect(await faultsOf(http({ max_body }))).toEqual([]);
    },
  );

  it('is refused with two conditions on one body, which names both', async () => {
    const faults = await faultsOf(http({ body_contains: 'a', body_lacks: 'b' }));
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/http/body_contains', '/http/body_lacks']);
  });
});
