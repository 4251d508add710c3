import type { IncomingMessage } from 'node:http';
import { VitalsError } from '@vitals/core/errors';
import { readSettings } from '../settings/read-settings.js';
import { BrowserGuard } from './browser.guard.js';

/** The code of the refusal; `undefined` for none. */
function screened(
  environment: Record<string, string>,
  headers: Record<string, string>,
  url = '/providers',
): string | undefined {
  const guard = new BrowserGuard(readSettings(environment), {} as never);
  const screen = (): void => guard.screen({ url, headers } as unknown as IncomingMessage);
  try {
    screen();
    screen();
    return undefined;
  } catch (error) {
    return (error as VitalsError).code;
  }
}

const EVERYWHERE = { HOST: '0.0.0.0', VITALS_INSECURE: '1' };
const INSECURE = { VITALS_INSECURE: '1' };

describe('BrowserGuard', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a name of loopback', {}, 'localhost:3000'],
    ['a name of loopback in capitals', {}, 'LOCALHOST'],
    ['a name of loopback with its dot', {}, 'localhost.:3000'],
    ['a name below localhost', {}, 'vitals.localhost:3000'],
    ['an address of loopback', {}, '127.0.0.1:3000'],
    ['any address of loopback', {}, '127.8.9.10'],
    ['the loopback of IPv6', {}, '[::1]:3000'],
    ['the loopback of IPv6, written out', {}, '[0:0:0:0:0:0:0:1]'],
    ['the loopback of IPv6 with a zone', {}, '[::1%lo]:3000'],
    ['an address of loopback as IPv6', {}, '[::ffff:127.0.0.1]:3000'],
    ['an address of loopback as IPv6, in hexadecimal digits', {}, '[::ffff:7f00:1]'],
    ['another port, which somebody may forward', {}, 'localhost:8080'],
    ['HOST', { HOST: 'Vitals.lan', ...INSECURE }, 'vitals.LAN:3000'],
    ['a HOST that is an address', { HOST: '10.0.0.7', ...INSECURE }, '10.0.0.7:3000'],
    ['any address, if it listens on all', EVERYWHERE, '10.0.0.7:3000'],
    ['any address of IPv6, if it listens on all', { ...EVERYWHERE, HOST: '::' }, '[2001:db8::7]'],
    [
      'any address, if it listens on all of IPv6, written out',
      { ...EVERYWHERE, HOST: '0:0:0:0:0:0:0:0' },
      '10.0.0.7',
    ],
    ['a HOST of IPv6, written in another way', { HOST: '2001:DB8:0::7', ...INSECURE }, '[2001:db8::7]:3000'],
    [
      'a listed address, written in another way',
      { VITALS_ALLOWED_HOSTS: '[2001:DB8:0::1]' },
      '[2001:db8::1]',
    ],
    ['a listed name', { VITALS_ALLOWED_HOSTS: 'vitals.example, other' }, 'VITALS.example:1'],
    ['a listed address', { VITALS_ALLOWED_HOSTS: '[2001:db8::7]' }, '[2001:DB8::7]:3000'],
    ['a name below a listed one', { VITALS_ALLOWED_HOSTS: '*.vitals.svc' }, 'a.b.vitals.svc'],
  ])('accepts as Host %s', (_what, environment, host) => {
    expect(screened(environment, { host })).toBeUndefined();
  });

  it.each<[string, Record<string, string>, string]>([
    ['another name', {}, 'evil.invalid:3000'],
    ['a name that begins like loopback', {}, '127.0.0.1.evil.invalid'],
    ['a name that begins with localhost', {}, 'localhost.evil.invalid'],
    ['a name that ends like localhost', {}, 'evillocalhost'],
    ['nothing before .localhost', {}, '.localhost'],
    ['an address, if it listens on loopback', {}, '10.0.0.7:3000'],
    ['every address', {}, '0.0.0.0:3000'],
    ['an address as IPv6, if it listens on loopback', {}, '[::ffff:10.0.0.7]'],
    ['another address than HOST', { HOST: '10.0.0.7', ...INSECURE }, '10.0.0.8'],
    ['another name, if it listens on all', EVERYWHERE, 'evil.invalid'],
    ['a name above a listed one', { VITALS_ALLOWED_HOSTS: '*.vitals.svc' }, 'vitals.svc'],
    ['a name that ends like a listed one', { VITALS_ALLOWED_HOSTS: 'vitals.svc' }, 'evilvitals.svc'],
  ])('refuses as Host %s', (_what, environment, host) => {
    expect(screened(environment, { host })).toBe('host-not-allowed');
  });

  it.each([
    [{ origin: 'http://localhost:3000' }],
    [{ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
  ])('accepts what an own page or a person asks for: %j', (headers) => {
    expect(screened({}, { host: 'localhost:3000', ...headers })).toBeUndefined();
  });

  it('compares origins behind a proxy that ends TLS, with the port that is left out', () => {
    const environment = { VITALS_ALLOWED_HOSTS: 'vitals.example' };
    const headers = { host: 'vitals.example:443', origin: 'https://vitals.example' };
    expect(screened(environment, headers)).toBeUndefined();
    expect(screened(environment, { ...headers, host: 'vitals.example' })).toBeUndefined();
    expect(screened(environment, { ...headers, host: 'vitals.example:8443' })).toBe('origin-not-allowed');
  });

  it.each([
    [{ origin: 'https://evil.invalid' }],
    [{ origin: 'http://localhost:5173' }],
    [{ origin: 'http://127.0.0.1:3000' }],
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: 'http://localhost:3000, http://localhost:3000' }],
    [{ origin: 'chrome-extension://localhost:3000' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'same-origin, cross-site' }],
    [{ origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }],
  ])('refuses what the page of somebody else asks for: %j', (headers) => {
    expect(screened({}, { host: 'localhost:3000', ...headers })).toBe('origin-not-allowed');
  });

  it('accepts a request of HTTP/1.0 that names no host: no browser sends it', () => {
    expect(screened({}, {})).toBeUndefined();
    expect(screened({}, { origin: 'http://localhost' })).toBe('origin-not-allowed');
  });

  it.each([
    '/health',
    '/health/ready?format=text',
    '/healthz',
    '//v1.0/healthz/outbound',
    '/Livez/',
    '/components/a/b',
  ])('lets probes of %s name any host', (url) => {
    const headers = { host: 'evil.invalid', origin: 'https://evil.invalid', 'sec-fetch-site': 'cross-site' };
    expect(screened({}, headers, url)).toBeUndefined();
  });

  it.each(['/', '/healthzz', '/provider-health', '/providers/health', '/docs', '/v1.0/providers'])(
    'does not take %s for a path of health',
    (url) => expect(screened({}, { host: 'evil.invalid' }, url)).toBe('host-not-allowed'),
  );

  it('says what to do, and repeats no long header', () => {
    const guard = new BrowserGuard(readSettings({}), {} as never);
    const screen = (headers: object) => (): void => guard.screen({ url: '/', headers } as never);
    expect(screen({ host: 'vitals.lan' })).toThrow(/"vitals.lan".*VITALS_ALLOWED_HOSTS.*VITALS_ADMIN_TOKEN/);
    expect(screen({ host: 'localhost', origin: `https://${'x'.repeat(5_000)}` })).toThrow(/^.{100,250}$/);
  });
});
