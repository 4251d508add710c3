import { BEAT_TAKEN } from './acknowledgement.js';
import { isAcknowledged, readAnswer } from './answer.js';
import type { Reply } from './exchange.js';
import type { Failure } from './failure.js';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const PROBLEM_TYPE = { 'content-type': 'application/problem+json' };

function failureOf(reply: Partial<Reply>): Failure {
  const whole = { status: 200, headers: JSON_TYPE, text: '{"next_interval_seconds":10}', ...reply };
  const answer = readAnswer(whole, BEAT_TAKEN, Date.UTC(2026, 0, 1));
  if (isAcknowledged(answer)) throw new Error('it was acknowledged');
  return answer;
}

function problem(status: number, body: object): Partial<Reply> {
  return { status, headers: PROBLEM_TYPE, text: JSON.stringify(body) };
}

describe('A refusal', () => {
  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [409, 'generation-stale'],
    [409, 'provider-id-conflict'],
  ])('is final with %d and the code %s, typed as the control plane does or not at all', (status, code) => {
    for (const type of [`urn:vitals:problem:${code}`, undefined]) {
      expect(failureOf(problem(status, { type, code, detail: 'why' }))).toMatchObject({
        cause: 'refused',
        status,
        reason: `${status} why`,
      });
    }
  });

  it.each<[string, Partial<Reply>]>([
    ['HTML', { headers: { 'content-type': 'text/html' }, text: '<html>' }],
    ['no body', { headers: {}, text: '' }],
    ['a problem that is no JSON', { headers: PROBLEM_TYPE, text: '<html>' }],
    ['a problem that is cut off', { headers: PROBLEM_TYPE, text: '{"code":"unauth' }],
    ['a problem without a code', { headers: PROBLEM_TYPE, text: '{"detail":"no"}' }],
    ['a code of another type', { headers: PROBLEM_TYPE, text: '{"code":401}' }],
  ])('is not final with %s', (_what, reply) => {
    for (const status of [401, 403, 404, 409]) {
      expect(failureOf({ ...reply, status })).toMatchObject({ cause: 'foreign', status });
    }
  });

  it.each(['unauthenticated', 'forbidden', 'generation-stale', 'provider-id-conflict'])(
    'is not final as JSON of another type, as a problem of another product, or with another status: %s',
    (code) => {
      for (const status of [401, 403, 404, 409]) {
        expect(failureOf({ ...problem(status, { code }), headers: JSON_TYPE }).cause).toBe('foreign');
        expect(failureOf(problem(status, { type: 'about:blank', code })).cause).toBe('foreign');
      }
      for (const status of [400, 402, 404, 422, 500, 503]) {
        expect(failureOf(problem(status, { code })).cause).not.toBe('refused');
      }
    },
  );

  it.each<[number, string, string]>([
    [404, 'provider-not-registered', 'not-registered'],
    [404, 'not-found', 'rejected'],
    [409, 'no-candidate', 'rejected'],
    [403, 'of-tomorrow', 'rejected'],
    [422, 'request-invalid', 'rejected'],
    [400, 'request-malformed', 'rejected'],
    [429, 'rate-limited', 'busy'],
    [500, 'internal', 'busy'],
    [503, 'store-unavailable', 'busy'],
  ])('with %d and the code %s is a setback: %s', (status, code, cause) => {
    expect(failureOf(problem(status, { code, detail: 'why' }))).toMatchObject({
      cause,
      reason: `${status} why`,
    });
  });

  it('gives the code as the reason where there is no detail, and cuts one that is long', () => {
    expect(failureOf(problem(409, { code: 'generation-stale' })).reason).toBe('409 generation-stale');
    const detail = 'x'.repeat(1_000);
    expect(failureOf(problem(409, { code: 'generation-stale', detail })).reason).toHaveLength(
      '409 '.length + 300,
    );
  });
});
