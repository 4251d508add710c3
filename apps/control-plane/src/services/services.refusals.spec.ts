import { sendTo, TestControlPlane } from '../../../../test/support/control-plane.js';

const NODE = {
  serviceId: 'com.networknt.petstore-1.0.0',
  protocol: 'https',
  address: '127.0.0.1',
  port: 8_443,
};

let plane: TestControlPlane;

beforeAll(async () => (plane = await TestControlPlane.start()));
afterAll(() => plane.stop());

const error = (statusCode: number, code: string, message: string, description: unknown): object => ({
  statusCode,
  code,
  message,
  description,
  severity: 'ERROR',
});
const saying = (text: string): unknown => expect.stringContaining(text);
const long = 'x'.repeat(4_096);

describe('What the registry refuses', () => {
  it.each<[string, unknown, string]>([
    ['an empty object', {}, 'serviceId must be'],
    ['a list', [], 'the body must be an object'],
    ['a list of nodes', [NODE], 'the body must be an object'],
    ['null', null, ' '],
    ['a string', '"a"', ' '],
    ['an id with |', { ...NODE, serviceId: 'a|b' }, 'serviceId must be 1 to 253 letters, digits'],
    ['an id with :', { ...NODE, serviceId: 'a:b' }, 'serviceId must be'],
    ['an id that is percent-encoded', { ...NODE, serviceId: 'a%7Cb' }, 'serviceId must be'],
    ['an id that climbs', { ...NODE, serviceId: '../x' }, 'serviceId must be'],
    ['an id of 4 kB', { ...NODE, serviceId: long }, 'serviceId must be'],
    ['a number for an id', { ...NODE, serviceId: 7 }, 'serviceId must be'],
    ['a tag with |', { ...NODE, tag: 'a|b' }, 'tag must be 1 to 253'],
    ['a tag of 4 kB', { ...NODE, tag: long }, 'tag must be'],
    ['a name of 4 kB', { ...NODE, name: long }, 'name must be'],
    ['a protocol that is none', { ...NODE, protocol: 'ht tp' }, 'protocol must be'],
    ['no protocol', { ...NODE, protocol: undefined }, 'protocol must be'],
    ['an address with a port', { ...NODE, address: '10.0.0.7:80' }, 'address must be a host name'],
    ['an address with credentials', { ...NODE, address: 'a@b' }, 'address must be'],
    ['an address as a number', { ...NODE, address: '2130706433' }, 'address must be'],
    ['port 0', { ...NODE, port: 0 }, 'port must be at least 1'],
    ['port 65536', { ...NODE, port: 65_536 }, 'port must be at most 65535'],
    ['a port as text', { ...NODE, port: '80' }, 'port must be an integer'],
    ['a check as text', { ...NODE, check: 'x' }, 'check must be an object'],
    ...[0, -1, 1, 999, 10.5, 315_360_000_000, 1e308].map((interval): [string, unknown, string] => [
      `interval ${interval}`,
      { ...NODE, check: { interval } },
      'check.interval must',
    ]),
    [
      'an interval as text',
      { ...NODE, check: { interval: '10000' } },
      'check.interval must be whole milliseconds',
    ],
    [
      'an interval with a unit',
      { ...NODE, check: { interval: '10s' } },
      'check.interval must be whole milliseconds',
    ],
    [
      'a negative time to removal',
      { ...NODE, check: { deregisterCriticalServiceAfter: -1 } },
      'check.deregister',
    ],
    ['10 years to removal', { ...NODE, check: { deregisterCriticalServiceAfter: 3e11 } }, 'check.deregister'],
    [
      'text for tlsSkipVerify',
      { ...NODE, check: { tlsSkipVerify: 'yes' } },
      'check.tlsSkipVerify must be true or false',
    ],
    [
      'a health path without /',
      { ...NODE, check: { healthPath: 'health' } },
      'check.healthPath must begin with "/"',
    ],
    ['a health path with #', { ...NODE, check: { healthPath: '/a#b' } }, 'check.healthPath must'],
    ['a health path of 4 kB', { ...NODE, check: { healthPath: `/${long}` } }, 'check.healthPath must'],
    ['http with a space', { ...NODE, check: { http: '/a b' } }, 'check.http'],
    [
      'http of another host',
      { ...NODE, check: { http: `https://10.0.0.7:8443/${NODE.serviceId}` } },
      'check.http',
    ],
    [
      'http of another port',
      { ...NODE, check: { http: `https://127.0.0.1/${NODE.serviceId}` } },
      'check.http',
    ],
    ['http without the id', { ...NODE, check: { http: 'https://127.0.0.1:8443/health/' } }, 'check.http'],
    [
      'the id of another check',
      { ...NODE, check: { id: 'other' } },
      'has the id com.networknt.petstore-1.0.0:https:',
    ],
    [
      'an HTTP check of light',
      { ...NODE, protocol: 'light', check: { healthPath: '/h/' } },
      'http or https, not light',
    ],
    [
      'a check of the metadata address',
      { ...NODE, address: '169.254.169.254', check: { healthPath: '/latest/' } },
      'VITALS_CHECK_ALLOW_CIDRS',
    ],
  ])('is %s', async (_what, body, description) => {
    const answer = await plane.send('POST', '/services', body);
    expect([answer.status, answer.type]).toEqual([400, 'application/json; charset=utf-8']);
    expect(answer.body).toEqual(error(400, 'ERR11004', 'VALIDATOR_SCHEMA', saying(description)));
    expect(String(answer.body['description'])).toMatch(/^Schema Validation Error - /);
    expect((await plane.send('GET', '/services')).body).toEqual({});
  });

  it.each<[string, string, string]>([
    ['GET', '/services/lookup', 'serviceId'],
    ['GET', '/services/lookup?tag=a', 'serviceId'],
    ['DELETE', '/services', 'serviceId'],
    ['DELETE', '/services?serviceId=a&protocol=http&address=b', 'port'],
    ['DELETE', '/services?serviceId=a&address=b&port=1', 'protocol'],
  ])('%s %s is, for the parameter %s', async (method, path, name) => {
    const description = saying(`Query parameter ${name} is required on path ${path.split('?', 1)[0]}`);
    const message = 'VALIDATOR_REQUEST_PARAMETER_QUERY_MISSING';
    const answer = await plane.send(method, path);
    expect([answer.status, answer.body]).toEqual([400, error(400, 'ERR11000', message, description)]);
  });

  it.each<[string, string]>([
    ['port=abc', 'port must be an integer'],
    ['port=', 'port must be at least 1'],
    ['port=1&tag=%00', 'tag must not contain U+0000'],
  ])('is a wrong parameter: %s', async (more, description) => {
    const answer = await plane.send('DELETE', `/services?serviceId=a&protocol=http&address=b&${more}`);
    expect(answer.body).toEqual(error(400, 'ERR11004', 'VALIDATOR_SCHEMA', saying(description)));
  });

  it.each<[string, string]>([
    ['port=1&port=2', 'the query parameter `port` takes one value, and is given 2 times'],
    ['port=1&serviceId=b', 'the query parameter `serviceId` takes one value, and is given 2 times'],
    ['port=1&force=true', 'unknown query parameter `force`'],
  ])('is a query that the call would ignore in part: %s', async (more, description) => {
    const answer = await plane.send('DELETE', `/services?serviceId=a&protocol=http&address=b&${more}`);
    expect(answer.body).toEqual(error(400, 'ERR10014', 'GENERIC_EXCEPTION', saying(description)));
  });

  it.each<[string, string, string | undefined, string, object]>([
    [
      'GET',
      '/services/lookup?serviceId=nobody&tag=t',
      undefined,
      '',
      error(404, 'ERR11637', 'OBJECT_NOT_FOUND', 'Object service not found for key nobody|t.'),
    ],
    [
      'GET',
      '/services/nothing',
      undefined,
      '',
      error(404, 'ERR10048', 'PATH_NOT_IMPLEMENTED', saying('/services/nothing')),
    ],
    [
      'PATCH',
      '/services',
      '{}',
      'application/json',
      error(405, 'ERR10008', 'METHOD_NOT_ALLOWED', saying('DELETE, GET, HEAD, POST')),
    ],
    [
      'POST',
      '/services',
      '{"a":NaN}',
      'application/json',
      error(400, 'ERR11003', 'VALIDATOR_SCHEMA_INVALID_JSON', saying('JSON')),
    ],
    [
      'POST',
      '/services',
      '',
      'application/json',
      error(400, 'ERR11004', 'VALIDATOR_SCHEMA', saying('serviceId must be')),
    ],
    [
      'POST',
      '/services',
      'a=b',
      'application/x-www-form-urlencoded',
      error(415, 'ERR10077', 'INVALID_CONTENT_TYPE', 'send JSON, with content-type: application/json'),
    ],
    [
      'POST',
      '/services',
      `"${'x'.repeat(70_000)}"`,
      'application/json',
      error(413, 'ERR10068', 'PAYLOAD_TOO_LARGE', saying('send a smaller one')),
    ],
    ['GET', '/ws', undefined, '', error(426, 'ERR10014', 'GENERIC_EXCEPTION', saying('WebSocket'))],
  ])('says so in light-4j’s form: %s %s', async (method, path, body, type, said) => {
    const answer = await sendTo(plane.url, method, path, body, type);
    expect([answer.status, answer.type, answer.body]).toEqual([
      (said as { statusCode: number }).statusCode,
      'application/json; charset=utf-8',
      said,
    ]);
  });

  it('leaves problems to the paths of others', async () => {
    expect((await plane.send('GET', '/servicesx')).type).toBe('application/problem+json; charset=utf-8');
  });
});
