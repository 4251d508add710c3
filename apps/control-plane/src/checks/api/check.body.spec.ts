import type { FieldFault, VitalsError } from '@vitals/core/errors';
import type { HttpTarget } from '@vitals/core/probe';
import { definitionOf, readCheckBody } from './check.body.js';

const URL_ = 'https://shop.example.org/health';
const HTTP = { type: 'http', http: { url: URL_ } };
const TCP = { type: 'tcp', tcp: { host: 'db.example.org', port: 5432 } };
const TTL = { type: 'ttl' };
const ONCE = { start: '2026-01-31T10:00:00Z', end: '2026-01-31T12:00:00Z' };
const CRON = { cron: '30 2 * * 6', duration: '2h' };

const http = (more: object): object => ({ type: 'http', http: { url: URL_, ...more } });
const tcp = (more: object): object => ({ ...TCP, ...more });
const windows = (...maintenance: unknown[]): object => ({ ...TTL, maintenance });
const headers = (count: number, text: string): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, text]));

/** Where it is wrong, and why. */
async function faultsOf(body: unknown): Promise<readonly FieldFault[]> {
  try {
    await readCheckBody(body);
    return [];
  } catch (error) {
    expect((error as VitalsError).code).toBe('request-invalid');
    return (error as VitalsError).faults;
  }
}

async function definedBy(body: object, known?: Parameters<typeof definitionOf>[2]) {
  return definitionOf(await readCheckBody(body), 'shop', known);
}

describe('The body of a check', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['without a type', {}, '/type', /http, tcp, grpc, tls, ttl/],
    ['of an unknown type', { type: 'icmp' }, '/type', /http, tcp, grpc, tls, ttl/],
    ['of a type without its target', { type: 'http' }, '/http', /must be an object/],
    ['whose target is a text', { type: 'http', http: URL_ }, '/http', /must be an object/],
    ['whose target is a list', { type: 'http', http: [{ url: URL_ }] }, '/http', /must be an object/],
    ['with the target of another type', { ...HTTP, tcp: TCP.tcp }, '/tcp', /left out: the type is "http"/],
    ['with a target for a TTL', { ...TTL, http: HTTP.http }, '/http', /left out: the type is "ttl"/],
    ['with a misspelt member', { ...TTL, intervall: '5s' }, '/intervall', /not known here; .*\binterval\b/],
    ['with a misspelt member within', http({ methode: 'GET' }), '/http/methode', /not known here; .*\bmethod\b/],
    ['with one in a window', windows({ ...ONCE, zone: 'UTC' }), '/maintenance/0/zone', /time_zone/],
    ['with an id that is none', { ...TTL, id: 'a|b:c' }, '/id', /1 to 253 characters/],
    ['with the id of a service', { ...TTL, id: 'a:http:h:80' }, '/id', /1 to 253 characters/],
    ['with a name on two lines', { ...TTL, name: 'a\nb' }, '/name', /control characters/],
    ['with an interval of nothing', { ...TTL, interval: '0s' }, '/interval', /from 1s to 24d/],
    ['with a negative interval', { ...TTL, interval: '-1s' }, '/interval', /must be a duration/],
    ['with an interval of a millisecond', tcp({ interval: '1ms' }), '/interval', /from 1s to 1d/],
    ['with an interval of ten years', tcp({ interval: '3650d' }), '/interval', /from 1s to 1d/],
    ['with an interval that is too long to look', tcp({ interval: '25h' }), '/interval', /from 1s to 1d/],
    ['with an interval without a unit', tcp({ interval: 10 }), '/interval', /such as "10s"/],
    ['with a timeout of nothing', tcp({ timeout: '0ms' }), '/timeout', /from 1ms to 1m/],
    ['with a timeout of an hour', tcp({ timeout: '1h', interval: '2h' }), '/timeout', /from 1ms to 1m/],
    ['with a timeout above the interval', tcp({ timeout: '6s', interval: '5s' }), '/timeout', /is 5s/],
    ['with a timeout above the usual interval', tcp({ timeout: '11s' }), '/timeout', /is 10s/],
    ['with a timeout for a TTL', { ...TTL, timeout: '1s' }, '/timeout', /left out/],
    ['with thresholds the wrong way round', tcp({ failures_before_warning: 4 }), '/failures_before_warning', /is 3/],
    ['with a threshold of nothing', tcp({ failures_before_critical: 0 }), '/failures_before_critical', /than 1/],
    ['with half a threshold', tcp({ success_before_passing: 1.5 }), '/success_before_passing', /integer/],
    ['with labels that are no texts', { ...TTL, labels: { a: 1 } }, '/labels', /texts/],
    ['with too many labels', { ...TTL, labels: headers(65, '') }, '/labels', /at most 64/],
    ['with a parent that is no text', { ...TTL, parent: ['a'] }, '/parent', /text/],
    ['that is perhaps paused', { ...TTL, paused: 'yes' }, '/paused', /boolean/],
    ['with null for what is left out', { ...TTL, name: null }, '/name', /text/],
    ['with an empty host', { type: 'tcp', tcp: { host: '', port: 1 } }, '/tcp/host', /name of a host/],
    ['with a port in the host', { type: 'tcp', tcp: { host: 'h:80', port: 1 } }, '/tcp/host', /without a port/],
    ['with port 0', { type: 'tcp', tcp: { host: 'h', port: 0 } }, '/tcp/port', /not be less than 1/],
    ['with a port in words', { type: 'tcp', tcp: { host: 'h', port: '80' } }, '/tcp/port', /integer/],
    [
      'that skips what it does not do',
      { type: 'grpc', grpc: { host: 'h', port: 1, tls_skip_verify: true } },
      '/grpc/tls_skip_verify',
      /needs tls/,
    ],
    [
      'that is told of expiry too early',
      { type: 'tls', tls: { host: 'h', port: 443, warn_before: '90d' } },
      '/tls/warn_before',
      /from 0ms to 24d/,
    ],
  ])('is refused %s', async (_what, body, pointer, detail) => {
    const faults = await faultsOf(body);
    expect(faults.filter((fault) => fault.pointer === pointer && detail.test(fault.detail))).toHaveLength(1);
    expect(faults.filter((fault) => !fault.pointer.startsWith(pointer))).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ['no URL', { url: 'shop' }, '/url', /must be a URL/],
    ['a URL of a file', { url: 'file:///etc/passwd' }, '/url', /http:\/\/ or https:\/\//],
    ['a URL with credentials', { url: 'http://a:b@c/' }, '/url', /in the header authorization/],
    ['a URL of 4 kB', { url: `http://a/${'b'.repeat(4_096)}` }, '/url', /2048 characters/],
    ['a method that is none', { method: 'BREW' }, '/method', /GET, HEAD/],
    ['headers in a list', { headers: ['a'] }, '/headers', /object of texts/],
    ['a header on two lines', { headers: { a: 'b\r\nhost: c' } }, '/headers', /"a" must be text .* on one line/],
    ['a name on two lines', { headers: { 'a\r\nb': 'c' } }, '/headers', /is no name of a header/],
    ['a name with a colon', { headers: { 'a:': 'c' } }, '/headers', /is no name of a header/],
    ['a header of the connection', { headers: { Connection: 'close' } }, '/headers', /belongs to the connection/],
    ['its own framing', { headers: { 'Transfer-Encoding': 'chunked' } }, '/headers', /belongs to the connection/],
    ['a host that is two', { headers: { host: 'a b' } }, '/headers', /must be a host/],
    ['a header twice', { headers: { a: '1', A: '2' } }, '/headers', /"A" is there twice/],
    ['too many headers', { headers: headers(33, '') }, '/headers', /at most 32/],
    ['headers of 10 kB', { headers: headers(10, 'a'.repeat(1_000)) }, '/headers', /8192 bytes/],
    ['a body for GET', { body: 'a' }, '/body', /choose another method/],
    ['a body above 4 KiB', { method: 'POST', body: 'ä'.repeat(2_049) }, '/body', /4096 bytes/],
    ['no codes', { expected_codes: [] }, '/expected_codes', /from 100 to 599/],
    ['a code that is none', { expected_codes: [99] }, '/expected_codes', /from 100 to 599/],
    ['codes backwards', { expected_codes: ['299-200'] }, '/expected_codes', /from 100 to 599/],
    ['nothing to search for', { body_contains: '' }, '/body_contains', /1 to 1024/],
    ['a pointer that is none', { body_json: { pointer: 'a', value: 1 } }, '/body_json/pointer', /JSON Pointer/],
    ['a value that is a list', { body_json: { pointer: '/a', value: [] } }, '/body_json/value', /true, false/],
    ['no value', { body_json: { pointer: '/a' } }, '/body_json/value', /true, false/],
    ['a condition for HEAD', { method: 'HEAD', body_lacks: 'a' }, '/body_lacks', /HEAD is answered without/],
    ['TLS in words', { tls_skip_verify: 'no' }, '/tls_skip_verify', /boolean/],
  ])('is refused with %s in an HTTP target', async (_what, more, at, detail) => {
    expect(await faultsOf(http(more))).toEqual([{ pointer: `/http${at}`, detail: expect.stringMatching(detail) }]);
  });

  it('is refused with two conditions on one body, which names both', async () => {
    const faults = await faultsOf(http({ body_contains: 'a', body_lacks: 'b' }));
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/http/body_contains', '/http/body_lacks']);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['nothing', {}, '/start', /RFC 3339/],
    ['no end', { start: ONCE.start }, '/end', /RFC 3339/],
    ['a time without a zone', { ...ONCE, end: '2026-01-31T12:00:00' }, '/end', /RFC 3339/],
    ['an end before the start', { start: ONCE.end, end: ONCE.start }, '/end', /after start/],
    ['a duration for one that is once', { ...ONCE, duration: '1h' }, '/duration', /belongs to a window with cron/],
    ['a start for one with cron', { ...CRON, start: ONCE.start }, '/start', /left out/],
    ['a cron that is none', { ...CRON, cron: '61 * * * *' }, '/cron', /five fields/],
    ['a cron that never comes', { ...CRON, cron: '0 0 30 2 *' }, '/cron', /never comes/],
    ['a cron that never ends', { ...CRON, cron: '0 * * * *' }, '/cron', /begins again before it ends/],
    ['a cron without a duration', { cron: CRON.cron }, '/duration', /such as "10s"/],
    ['a zone that is none', { ...CRON, time_zone: 'Mars/Base' }, '/time_zone', /no time zone/],
  ])('is refused with a window of %s', async (_what, window, at, detail) => {
    const expected = { pointer: `/maintenance/1${at}`, detail: expect.stringMatching(detail) };
    expect(await faultsOf(windows(ONCE, window))).toContainEqual(expected);
  });

  it.each([
    ['that is no list', ONCE],
    ['with null in it', [ONCE, null]],
    ['with a text in it', [ONCE, 'tomorrow']],
    ['that are too many', Array.from({ length: 101 }, () => ONCE)],
  ])('is refused with maintenance %s', async (_what, maintenance) => {
    expect((await faultsOf({ ...TTL, maintenance })).map(({ pointer }) => pointer)).toContain('/maintenance');
  });

  it.each([[undefined], [null], ['ttl'], [[TTL]], [7]])('is refused if it is %j', async (body) => {
    expect((await faultsOf(body)).length).toBeGreaterThan(0);
  });

  it('is refused for its depth, and not walked', async () => {
    const deep = JSON.parse(`${'{"http":'.repeat(5_000)}{}${'}'.repeat(5_000)}`) as object;
    expect((await faultsOf(deep)).length).toBeGreaterThan(0);
  });

  it('is refused with all of its faults at once', async () => {
    const faults = await faultsOf({ ...http({ url: 'x', bodi: 'a' }), intervall: '5s', timeout: '2', paused: 1 });
    const pointers = ['/http/url', '/timeout', '/paused', '/intervall', '/http/bodi'];
    expect(faults.map(({ pointer }) => pointer).toSorted()).toEqual(pointers.toSorted());
  });
});

describe('What a body defines', () => {
  it('has a default for all that it leaves out: somebody is woken after the third failure, nothing is removed', async () => {
    expect(await definedBy(HTTP)).toEqual({
      id: 'shop',
      target: {
        kind: 'http',
        url: URL_,
        method: 'GET',
        headers: {},
        expectedCodes: [{ first: 200, last: 299 }],
        tlsSkipVerify: false,
      },
      intervalMs: 10_000,
      timeoutMs: 2_000,
      successBeforePassing: 1,
      failuresBeforeWarning: 1,
      failuresBeforeCritical: 3,
      deregisterAfterMs: 0,
      maintenance: [],
      labels: {},
      paused: false,
    });
  });

  it('never runs for longer than an interval by default', async () => {
    expect(await definedBy(tcp({ interval: '1s' }))).toMatchObject({ intervalMs: 1_000, timeoutMs: 1_000 });
  });

  it('lets a TTL be silent for as long as a job that runs now and then', async () => {
    expect(await definedBy({ ...TTL, interval: '8d' })).toMatchObject({ intervalMs: 691_200_000 });
  });

  it('has a host in one form, whatever its spelling', async () => {
    const { target } = await definedBy({ type: 'tcp', tcp: { host: '[2001:DB8:0:0::1]', port: 1 } });
    expect(target).toEqual({ kind: 'tcp', host: '2001:db8::1', port: 1 });
  });

  it('passes over what only answers have, so that an answer can be sent back', async () => {
    const answered = { ...TTL, status: 'Critical', since: 'x', stale: true, failures: 3, source: 'api' };
    expect(await definedBy(answered)).toEqual(await definedBy(TTL));
  });

  it('stays paused, or not, unless the body says it', async () => {
    const known = { ...(await definedBy(TTL)), paused: true };
    expect((await definedBy(TTL, known)).paused).toBe(true);
    expect((await definedBy({ ...TTL, paused: false }, known)).paused).toBe(false);
  });
});

describe('A header that is sent back as it was told', () => {
  const secret = { Authorization: 'Bearer s3cret' };
  const redacted = { authorization: '<redacted>' };
  const sent = (url: string, more: object): object => ({ type: 'http', http: { url, headers: more } });

  it('goes on saying what it said', async () => {
    const known = await definedBy(http({ headers: secret }));
    const { target } = await definedBy(sent(`${URL_}?deep=1`, redacted), known);
    expect((target as HttpTarget).headers).toEqual({ authorization: 'Bearer s3cret' });
  });

  it.each(['https://evil.example.org/health', 'http://shop.example.org/health', 'https://shop.example.org:444/'])(
    'does not go to %s, where nobody sent it',
    async (url) => {
      const known = await definedBy(http({ headers: secret }));
      await expect(definedBy(sent(url, redacted), known)).rejects.toMatchObject({
        code: 'request-invalid',
        faults: [{ pointer: '/http/headers/authorization', detail: expect.stringContaining('said again') }],
      });
    },
  );

  it('is refused where it stands for nothing', async () => {
    const faults = [{ pointer: '/http/headers/authorization', detail: expect.stringContaining('no such header') }];
    await expect(definedBy(sent(URL_, redacted))).rejects.toMatchObject({ faults });
    await expect(definedBy(sent(URL_, redacted), await definedBy(HTTP))).rejects.toMatchObject({ faults });
  });
});
