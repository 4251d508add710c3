import fc from 'fast-check';
import { chooseFormat, type HealthFormat, notAcceptable } from './negotiate.js';

const FORMATS: HealthFormat[] = [
  'microprofile',
  'vitals',
  'mp-0003',
  'health+json',
  'terminus',
  'spring',
  'text',
  'prometheus',
];

function byQuery(query: string, accept?: string) {
  return chooseFormat(new URLSearchParams(query), accept, 'microprofile');
}

function byAccept(accept: string | undefined, fallback: HealthFormat = 'microprofile') {
  return chooseFormat(new URLSearchParams(), accept, fallback);
}

const SPRING = 'application/vnd.spring-boot.actuator';
const FIREFOX = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const JAVA = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2';
const AXIOS = 'application/json, text/plain, */*';
const BOOT_ADMIN = `${SPRING}.v2+json, ${SPRING}.v1+json, application/json`;
const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,' +
  'text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;' +
  'version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

describe('chooseFormat by query', () => {
  it.each(FORMATS)('knows %s, in any case and whatever is accepted', (format) => {
    expect(byQuery(`format=${encodeURIComponent(format)}`)).toBe(format);
    expect(byQuery(`format=${encodeURIComponent(format.toUpperCase())}`, 'text/html')).toBe(format);
  });

  it.each<[string, HealthFormat | undefined]>([
    ['format=health+json', 'health+json'],
    ['format=health%20json', 'health+json'],
    ['format=health-json', 'health+json'],
    ['format=spring&format=Spring', 'spring'],
    ['format=health%2Bjson&format=health-json', 'health+json'],
    ['format=spring&format=text', undefined],
    ['format=spring&format=xml', undefined],
    ['format=xml', undefined],
    ['format=', undefined],
    ['format=__proto__', undefined],
    ['format=constructor', undefined],
    ['FORMAT=xml', 'microprofile'],
  ])('reads ?%s as %s', (query, format) => {
    expect(byQuery(query, '*/*')).toBe(format);
  });
});

describe('chooseFormat by Accept', () => {
  it.each<[string | undefined, HealthFormat]>([
    [undefined, 'microprofile'],
    ['', 'microprofile'],
    [' ', 'microprofile'],
    ['*/*', 'microprofile'],
    ['application/*', 'microprofile'],
    ['application/json', 'microprofile'],
    ['Application/JSON; charset=utf-8', 'microprofile'],
    ['application/health+json', 'health+json'],
    ['application/health+json, application/json', 'health+json'],
    ['application/health+json;q=0.5, application/json', 'microprofile'],
    [`${SPRING}.v1+json`, 'spring'],
    [`${SPRING}.v2+json`, 'spring'],
    [`${SPRING}.v3+json`, 'spring'],
    [`${SPRING}.v4+json`, 'microprofile'],
    ['application/vnd.vitals.health+json', 'vitals'],
    ['application/json;q=0.9, application/vnd.vitals.health+json', 'vitals'],
    ['application/json;profile="vitals"', 'vitals'],
    ['text/plain', 'text'],
    ['text/plain;charset=utf-8', 'text'],
    ['text/*', 'text'],
    ['text/plain;version=0.0.4', 'prometheus'],
    ['text/plain; version="0.0.4"', 'prometheus'],
    ['text/plain;version=1.0.0', 'microprofile'],
    ['application/json;profile="terminus"', 'terminus'],
    ['application/json;profile=mp-0003', 'mp-0003'],
    ['application/json;profile="Health+JSON"', 'health+json'],
    ['application/json;profile="spring", */*', 'spring'],
    ['application/json;profile="xml"', 'microprofile'],
    ['text/html', 'microprofile'],
    ['text/html;q=1, application/xml', 'microprofile'],
    ['application/openmetrics-text', 'microprofile'],
    ['*/*;q=0', 'microprofile'],
    ['application/json;q=0', 'microprofile'],
    ['application/json;q=0, */*', 'health+json'],
    ['application/*;q=0, */*', 'text'],
    ['application/json;q=0, application/*;q=0.1, text/plain;q=0, text/*;q=0.5', 'health+json'],
    ['text/*;q=0.3, text/plain;q=0.7, application/json;q=0.5', 'text'],
    ['application/json;profile="terminus";q=0.4, application/json;q=0.3', 'terminus'],
    ['application/json;profile="microprofile";q=0, application/json', 'terminus'],
    ['application/json;profile="a,b;c\\"d", text/plain', 'text'],
    ['application/json;profile="a, text/plain', 'microprofile'],
    ['text/plain;q=0.5, application/json;q="0.6"', 'microprofile'],
    ['text/plain;q=1.5, application/json;q=0.1', 'microprofile'],
    ['text/plain;q=-1, application/json;q=0.1', 'microprofile'],
    ['text/plain;;, */json, /, a/b/c, ;q=1, application', 'text'],
    ['text/plain;q=0.5, */json', 'text'],
    ['garbage', 'microprofile'],
    ['*', 'microprofile'],
    [FIREFOX, 'microprofile'],
    [JAVA, 'microprofile'],
    [AXIOS, 'microprofile'],
    [BOOT_ADMIN, 'spring'],
    [PROMETHEUS_2, 'prometheus'],
    [PROMETHEUS_3, 'prometheus'],
  ])('reads %j as %s', (accept, format) => {
    expect(byAccept(accept)).toBe(format);
  });

  it.each<[string | undefined, HealthFormat, HealthFormat]>([
    [undefined, 'text', 'text'],
    ['*/*', 'text', 'text'],
    [FIREFOX, 'text', 'text'],
    [AXIOS, 'text', 'text'],
    ['application/json', 'text', 'microprofile'],
    ['application/*', 'text', 'microprofile'],
    ['application/json', 'terminus', 'terminus'],
    ['application/json', 'spring', 'spring'],
    ['application/json;charset=utf-8', 'spring', 'spring'],
    [`application/json, ${SPRING}.v3+json;q=0`, 'spring', 'microprofile'],
    ['application/json, application/*;q=0', 'spring', 'microprofile'],
    [AXIOS, 'spring', 'spring'],
    ['application/json;profile="microprofile"', 'spring', 'microprofile'],
    ['application/*', 'health+json', 'health+json'],
    ['text/plain', 'prometheus', 'prometheus'],
    ['text/*', 'prometheus', 'prometheus'],
    [PROMETHEUS_3, 'text', 'prometheus'],
    ['image/png', 'spring', 'spring'],
    ['text/html', 'text', 'text'],
    ['*/*;q=0', 'terminus', 'terminus'],
    ['application/json;profile="xml"', 'health+json', 'health+json'],
  ])('reads %j as it suits the fallback %s: %s', (accept, fallback, format) => {
    expect(byAccept(accept, fallback)).toBe(format);
  });

  it.each(FORMATS)('answers the short ways as the long way does, with the fallback %s', (fallback) => {
    for (const accept of ['*/*', 'application/json']) {
      expect(byAccept(accept, fallback)).toBe(byAccept(` ${accept} `, fallback));
    }
  });

  it('gives a format for any header', () => {
    const piece = fc.constantFrom(
      ...'*/;=,"\\ q01.'.split(''),
      'text',
      'json',
      'application',
      'profile',
      'version',
    );
    const header = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(header, fc.constantFrom(...FORMATS), (accept, fallback) => {
        expect(FORMATS).toContain(byAccept(accept, fallback));
        expect(FORMATS).toContain(byAccept(`*/*;q=0.001,${accept.replaceAll(/q|"/g, '')}`, fallback));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['quotes', '"'],
    ['backslashes in a quote', '\\', 'a/b;c="'],
    ['spaces', ' ', 'a/b'],
    ['ranges', 'a/b,'],
    ['parameters', ';a=b', 'a/b'],
    ['open quotes', 'a/b;c="\\"=",'],
    ['digits', '1', 'a/b;q=0.'],
  ])('reads 64 kB of %s', (_title, piece, start = '') => {
    const accept = `${start}${piece.repeat(65_536 / piece.length)}`;
    expect(byAccept(accept)).toBe('microprofile');
  });
});

describe('notAcceptable', () => {
  it('is a problem that lists every format and media type', () => {
    const { status, headers, body } = notAcceptable();
    expect(status).toBe(406);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { detail } = JSON.parse(body as string);
    const types = [
      'application/json',
      'application/health+json',
      `${SPRING}.v3+json`,
      'application/vnd.vitals.health+json',
      'text/plain;version=0.0.4',
    ];
    for (const word of [...FORMATS, ...types]) expect(detail).toContain(word);
  });
});
