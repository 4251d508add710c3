import fc from 'fast-check';
import { type Acknowledgement, BEAT_TAKEN, INFO_TAKEN, registrationTaken } from './acknowledgement.js';
import { type Answer, isAcknowledged, readAnswer } from './answer.js';
import type { Reply } from './exchange.js';
import type { Failure } from './failure.js';

const NOW_MS = Date.UTC(2026, 0, 1);
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const PROBLEM_TYPE = { 'content-type': 'application/problem+json' };
const BEAT = '{"next_interval_seconds":10}';
const REGISTRATION = { name: 'vm-1', id: 'id-1', generation: 7 };

/** What is made of an answer to a beat, or to another call. */
function read<T>(
  reply: Partial<Reply>,
  taken: Acknowledgement<T> = BEAT_TAKEN as Acknowledgement<unknown> as Acknowledgement<T>,
): Answer<T> {
  return readAnswer({ status: 200, headers: JSON_TYPE, text: BEAT, ...reply }, taken, NOW_MS);
}

function failureOf(reply: Partial<Reply>, taken?: Acknowledgement<unknown>): Failure {
  const answer = read(reply, taken);
  if (isAcknowledged(answer)) throw new Error('it was acknowledged');
  return answer;
}

function problem(status: number, body: object): Partial<Reply> {
  return { status, headers: PROBLEM_TYPE, text: JSON.stringify(body) };
}

describe('An answer of the control plane', () => {
  it.each([1, 10, 86_400])('acknowledges a beat by telling the interval %d', (seconds) => {
    expect(read({ text: `{"next_interval_seconds":${seconds}}` })).toEqual({
      value: seconds * 1_000,
      asksToDrain: false,
    });
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    ' application/json ; a=b',
  ])('is JSON as %j', (type) => {
    expect(isAcknowledged(read({ headers: { 'content-type': type } }))).toBe(true);
  });

  it.each([200, 201])('acknowledges a registration by %d, its name, id and generation', (status) => {
    const text = JSON.stringify({ ...REGISTRATION, phase: null });
    expect(read({ status, text }, registrationTaken('vm-1'))).toEqual({
      value: { generation: 7, token: undefined },
      asksToDrain: false,
    });
  });

  it('brings a token with a registration', () => {
    const text = JSON.stringify({ ...REGISTRATION, token: 'secret' });
    expect(read({ text }, registrationTaken('vm-1'))).toMatchObject({ value: { token: 'secret' } });
  });

  it('acknowledges info by when it was synced', () => {
    const text = '{"last_synced_at":"2026-01-01T00:00:00.123Z"}';
    expect(isAcknowledged(read({ text }, INFO_TAKEN))).toBe(true);
  });

  it.each([
    ['drain', true],
    ['other, drain', true],
    ['draining', false],
    ['', false],
    [undefined, false],
  ])('with the directive %p asks to drain: %s', (directive, asksToDrain) => {
    const headers = { ...JSON_TYPE, ...(directive !== undefined && { 'vitals-directive': directive }) };
    expect(read({ headers })).toMatchObject({ asksToDrain });
  });
});

describe('An answer that is not the control plane’s', () => {
  it.each<[string, Partial<Reply>]>([
    [
      '200 with content-type text/html',
      { headers: { 'content-type': 'text/html; charset=utf-8' }, text: '<html>' },
    ],
    ['200 with content-type text/html', { headers: { 'content-type': 'text/html' } }],
    ['200 without a content-type', { headers: {} }],
    ['200 without a content-type', { headers: {}, text: '' }],
    ['200 with content-type application/problem+json', { headers: PROBLEM_TYPE, text: '[]' }],
    ['204 without a content-type', { status: 204, headers: {}, text: '' }],
    ['201 with content-type application/json', { status: 201 }],
    ['202 with content-type application/json', { status: 202 }],
    ['200 with content-type application/json whose body is not a JSON object', { text: '' }],
    ['200 with content-type application/json whose body is not a JSON object', { text: '{"next_interval' }],
    ['200 with content-type application/json whose body is not a JSON object', { text: `[${BEAT}]` }],
    ['200 with content-type application/json whose body is not a JSON object', { text: 'null' }],
    ['200 with content-type application/json whose body is not a JSON object', { text: '10' }],
    ['404 with content-type text/html', { status: 404, headers: { 'content-type': 'text/html' } }],
    ['503 with content-type application/json', { status: 503 }],
    ['502 without a content-type', { status: 502, headers: {}, text: '' }],
  ])('is %s, and acknowledges nothing', (what, reply) => {
    for (const taken of [BEAT_TAKEN, INFO_TAKEN]) {
      const { cause, reason } = failureOf(reply, taken);
      expect([cause, reason]).toEqual([
        'foreign',
        expect.stringContaining(`the answer is not the control plane's: ${what}`),
      ]);
    }
  });

  it.each([300, 301, 302, 303, 307, 308])('is the redirect %d, wherever it leads', (status) => {
    const headers = { ...JSON_TYPE, location: 'https://portal.invalid/sign-in?for=vm-1' };
    const { cause, reason, sign } = failureOf({ status, headers });
    expect([cause, reason]).toEqual([
      'foreign',
      `the answer is not the control plane's: ${status} is a redirect to https://portal.invalid/sign-in?for=vm-1; ` +
        'redirects are not followed, for that would carry the token elsewhere',
    ]);
    expect(sign).not.toContain('portal');
  });

  it('is never repeated in the reason: it may hold anything', () => {
    const text = `{"next_interval_seconds":"${'secret'.repeat(50)}","code":"secret"}`;
    for (const reply of [
      { text },
      { text, headers: { 'content-type': 'text/html' } },
      { text, status: 409 },
    ]) {
      expect(failureOf(reply).reason).not.toMatch(/secret/);
    }
  });
});

describe('Any answer at all', () => {
  it('says how long to leave its endpoint alone, whoever says it', () => {
    const later = { 'retry-after': '600' };
    expect(
      failureOf({ ...problem(503, { code: 'overloaded' }), headers: { ...PROBLEM_TYPE, ...later } }),
    ).toMatchObject({ cause: 'busy', retryAfterMs: 600_000 });
    expect(failureOf({ status: 503, headers: { 'content-type': 'text/html', ...later } }).retryAfterMs).toBe(
      600_000,
    );
  });

  it('passes on why there is none', () => {
    const answer = readAnswer({ status: 0, reason: 'away', wasStale: false }, BEAT_TAKEN, NOW_MS);
    expect(answer).toMatchObject({ cause: 'no-answer', status: 0, reason: 'away' });
  });

  it('is one sign for the same thing, however its numbers differ', () => {
    const signs = [4_000, 5_000].map((ms) => {
      const noReply = { status: 0, reason: `no answer within ${ms} ms`, wasStale: false } as const;
      return (readAnswer(noReply, BEAT_TAKEN, NOW_MS) as Failure).sign;
    });
    expect(new Set(signs).size).toBe(1);
    const one = failureOf(problem(503, { code: 'overloaded', detail: '3 of 4' }));
    const other = failureOf(problem(503, { code: 'overloaded', detail: '4 of 4' }));
    expect(one.sign).toBe(other.sign);
  });

  it('is read without a throw, and acknowledged or refused by what only the control plane says', () => {
    const header = fc.constantFrom('application/json', 'application/problem+json', 'text/html', '', '/;');
    const member = fc.constantFrom('next_interval_seconds', 'code', 'type', '__proto__', 'toString');
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.dictionary(member, fc.jsonValue()).map((it) => JSON.stringify(it)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), header, body, (status, type, text) => {
        const answer = read({ status, headers: { 'content-type': type }, text });
        if (isAcknowledged(answer)) {
          expect([status, type, JSON.parse(text)]).toEqual([
            200,
            'application/json',
            expect.objectContaining({ next_interval_seconds: expect.any(Number) }),
          ]);
        } else if (answer.cause === 'refused') expect(type).toBe('application/problem+json');
      }),
    );
  });
});
