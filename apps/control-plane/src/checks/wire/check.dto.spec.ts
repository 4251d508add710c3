import { faultsOf } from '../../../test/checks/check-body-faults.js';

const URL_ = 'https://shop.example.org/health';
const HTTP = { type: 'http', http: { url: URL_ } };
const TCP = { type: 'tcp', tcp: { host: 'db.example.org', port: 5432 } };
const TTL = { type: 'ttl' };
const ONCE = { start: '2026-01-31T10:00:00Z', end: '2026-01-31T12:00:00Z' };

const http = (more: object): object => ({ type: 'http', http: { url: URL_, ...more } });
const tcp = (more: object): object => ({ ...TCP, ...more });
const windows = (...maintenance: unknown[]): object => ({ ...TTL, maintenance });
const headers = (count: number, text: string): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, text]));

describe('The body of a check', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['without a type', {}, '/type', /http, tcp, grpc, tls, dns, ttl/],
    ['of an unknown type', { type: 'icmp' }, '/type', /http, tcp, grpc, tls, dns, ttl/],
    ['of a type without its target', { type: 'http' }, '/http', /must be an object, for the type/],
    ['whose target is a text', { type: 'http', http: URL_ }, '/http', /must be an object, for the type/],
    [
      'whose target is a list',
      { type: 'http', http: [{ url: URL_ }] },
      '/http',
      /must be an object, for the type/,
    ],
    ['with the target of another type', { ...HTTP, tcp: TCP.tcp }, '/tcp', /left out: the type is "http"/],
    ['with a target for a TTL', { ...TTL, http: HTTP.http }, '/http', /left out: the type is "ttl"/],
    ['with a misspelt member', { ...TTL, intervall: '5s' }, '/intervall', /not known here; .*\binterval\b/],
    [
      'with a misspelt member within',
      http({ methode: 'GET' }),
      '/http/methode',
      /not known here; .*\bmethod\b/,
    ],
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
    [
      'with thresholds the wrong way round',
      tcp({ failures_before_warning: 4 }),
      '/failures_before_warning',
      /is 3/,
    ],
    [
      'with a threshold of nothing',
      tcp({ failures_before_critical: 0 }),
      '/failures_before_critical',
      /at least 1/,
    ],
    ['with half a threshold', tcp({ success_before_passing: 1.5 }), '/success_before_passing', /integer/],
    ['with labels that are no texts', { ...TTL, labels: { a: 1 } }, '/labels', /texts/],
    ['with too many labels', { ...TTL, labels: headers(65, '') }, '/labels', /at most 64/],
    ['with a parent that is not a string', { ...TTL, parent: ['a'] }, '/parent', /text/],
    ['that is perhaps paused', { ...TTL, paused: 'yes' }, '/paused', /true or false/],
    ['with null for what is left out', { ...TTL, name: null }, '/name', /text/],
    ['with an empty host', { type: 'tcp', tcp: { host: '', port: 1 } }, '/tcp/host', /name of a host/],
    [
      'with a port in the host',
      { type: 'tcp', tcp: { host: 'h:80', port: 1 } },
      '/tcp/host',
      /without a port/,
    ],
    ['with port 0', { type: 'tcp', tcp: { host: 'h', port: 0 } }, '/tcp/port', /at least 1/],
    ['with a port in words', { type: 'tcp', tcp: { host: 'h', port: '80' } }, '/tcp/port', /integer/],
    [
      'that skips what it does not do',
      { type: 'grpc', grpc: { host: 'h', port: 1, tls_skip_verify: true } },
      '/grpc/tls_skip_verify',
      /needs tls/,
    ],
    [
      'that is told of expiry too early',
      { type: 'tls', tls: { host: 'h', port: 443, warn_before: '366d' } },
      '/tls/warn_before',
      /from 0ms to 365d/,
    ],
  ])('is refused %s', async (_what, body, pointer, detail) => {
    const faults = await faultsOf(body);
    expect(faults.filter((fault) => fault.pointer === pointer && detail.test(fault.detail))).toHaveLength(1);
    expect(faults.filter((fault) => !fault.pointer.startsWith(pointer))).toEqual([]);
  });

  it.each([[undefined], [null], ['ttl'], [[TTL]], [7]])('is refused if it is %j', async (body) => {
    expect((await faultsOf(body)).length).toBeGreaterThan(0);
  });

  it.each([
    ['objects', `${'{"http":'.repeat(5_000)}{}${'}'.repeat(5_000)}`],
    ['lists', `{"maintenance":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ])('is refused for the depth of its %s, and not walked', async (_what, text) => {
    expect((await faultsOf(JSON.parse(text))).length).toBeGreaterThan(0);
  });

  it('is refused with all of its faults at once', async () => {
    const faults = await faultsOf({
      ...http({ url: 'x', bodi: 'a' }),
      intervall: '5s',
      timeout: '2',
      paused: 1,
    });
    const pointers = ['/http/url', '/timeout', '/paused', '/intervall', '/http/bodi'];
    expect(faults.map(({ pointer }) => pointer).toSorted()).toEqual(pointers.toSorted());
  });
});
