import type { HttpTarget } from '@vitals/core/check';
import { readBody } from '../../http/validation.js';
import { CheckDto } from './check.dto.js';
import { definitionOf } from './check.body.js';

const URL_ = 'https://shop.example.org/health';
const HTTP = { type: 'http', http: { url: URL_ } };
const TCP = { type: 'tcp', tcp: { host: 'db.example.org', port: 5432 } };
const TTL = { type: 'ttl' };

const http = (more: object): object => ({ type: 'http', http: { url: URL_, ...more } });
const tcp = (more: object): object => ({ ...TCP, ...more });

async function definedBy(body: object, known?: Parameters<typeof definitionOf>[2]) {
  return definitionOf(await readBody(CheckDto, body), 'shop', known);
}

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

  it.each([
    'https://evil.example.org/health',
    'http://shop.example.org/health',
    'https://shop.example.org:444/',
  ])('does not go to %s, where nobody sent it', async (url) => {
    const known = await definedBy(http({ headers: secret }));
    await expect(definedBy(sent(url, redacted), known)).rejects.toMatchObject({
      code: 'request-invalid',
      faults: [{ pointer: '/http/headers/authorization', detail: expect.stringContaining('given again') }],
    });
  });

  it('is refused where it stands for nothing', async () => {
    const faults = [
      { pointer: '/http/headers/authorization', detail: expect.stringContaining('no such header') },
    ];
    await expect(definedBy(sent(URL_, redacted))).rejects.toMatchObject({ faults });
    await expect(definedBy(sent(URL_, redacted), await definedBy(HTTP))).rejects.toMatchObject({ faults });
  });
});
