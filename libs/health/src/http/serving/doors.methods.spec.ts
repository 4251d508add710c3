import { METHODS } from 'node:http';
import { checkClass } from '../../../test/health-app.js';
import { DOORS } from '../../../test/health-doors.js';

const Check = checkClass({ name: 'db', kinds: ['liveness'], groups: ['g'] }, () => true);

const PATHS = [
  '/health',
  '/health/live/',
  '/health/check/db',
  '//healthz',
  '/livez',
  '/livez/db',
  '/health/metrics',
];

/** QUERY is a method of Node from 20.19, 22 and 24 on; CONNECT is no request for a path. */
const OTHERS = METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method));

const JSON_TYPE = { 'content-type': 'application/json' };
const HUGE = Buffer.alloc(4 * 1024 * 1024, '[');

/** What a client may send with a request; the app's parsers would refuse most of it. */
const SENT: readonly (readonly [string, { headers?: Record<string, string>; body?: string | Buffer }])[] = [
  ['nothing', {}],
  ['a content type and no body', { headers: JSON_TYPE }],
  ['JSON', { headers: JSON_TYPE, body: '{}' }],
  ['broken JSON', { headers: JSON_TYPE, body: '{broken' }],
  ['a body without a content type', { body: 'a=b' }],
  ['a body of a type that nobody knows', { headers: { 'content-type': 'application/x-unknown' }, body: 'x' }],
  ['a content type that is none', { headers: { 'content-type': ';;' }, body: 'x' }],
  ['a charset that nobody knows', { headers: { 'content-type': 'text/plain; charset=x' }, body: 'x' }],
  ['a coding that nobody knows', { headers: { ...JSON_TYPE, 'content-encoding': 'x' }, body: '{}' }],
  ['a huge body', { headers: JSON_TYPE, body: HUGE }],
  ['a body that it waits with', { headers: { ...JSON_TYPE, expect: '100-continue' }, body: '{}' }],
];

describe.each(DOORS)('another method than GET and HEAD at $door', ({ open }) => {
  it.each(SENT)('is answered with 405 and what is allowed, with %s', async (what, sent) => {
    await open({ providers: [Check] }, async (ask) => {
      const methods = what === 'nothing' ? OTHERS : ['POST', 'PUT', 'DELETE', 'QUERY'];
      for (const method of methods.filter((known) => OTHERS.includes(known))) {
        for (const path of PATHS) {
          const { status, headers, body } = await ask(path, { method, ...sent });
          expect([method, path, status, headers.allow]).toEqual([method, path, 405, 'GET, HEAD']);
          expect(headers['cache-control']).toBe('no-store');
          expect(JSON.parse(body)).toMatchObject({ detail: 'health is read with GET or HEAD' });
        }
      }
    });
  });

  it('leaves GET and HEAD as they are with a body', async () => {
    await open({ providers: [Check] }, async (ask) => {
      for (const [what, sent] of SENT) {
        if (what === 'a huge body') continue;
        const { status } = await ask('/health/live', { method: 'GET', ...sent });
        expect([what, status]).toEqual([what, 200]);
        expect((await ask('/health/live', { method: 'HEAD', ...sent })).body).toBe('');
      }
    });
  });
});
