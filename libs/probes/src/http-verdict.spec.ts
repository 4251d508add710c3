import type { BodyCondition } from '@vitals/core/check';
import { httpTarget } from '../test/http-target.js';
import { judgeAnswer, maxBodyBytesOf } from './http.probe.js';

const target = httpTarget('http://a.test/');
const UP: BodyCondition = { kind: 'contains', text: 'UP' };

const judged = (text: string, expectedBody: BodyCondition, more: object = {}) =>
  judgeAnswer(
    { statusCode: 200, body: { bytes: Buffer.from(text), isCut: false, ...more } },
    { ...target, expectedBody },
  );

describe('the verdict on an answer', () => {
  it.each<[BodyCondition]>([
    [UP],
    [{ kind: 'lacks', text: 'DOWN' }],
    [{ kind: 'json', pointer: '/status', value: 'UP' }],
  ])('is well where its body meets %j', async (condition) => {
    const finding = await judged('{"status":"UP"}', condition);
    expect(finding).toEqual({ outcome: 'success', message: 'answered 200' });
  });

  it.each<[BodyCondition, string]>([
    [UP, 'the body lacks the expected text'],
    [{ kind: 'lacks', text: 'DOWN' }, 'the body has the text that it must not have'],
    [{ kind: 'json', pointer: '/status', value: 'UP' }, '"/status" of the body is "DOWN", expected "UP"'],
  ])('is a failure with its reason where its body does not meet %j', async (condition, reason) => {
    const finding = await judged('{"status":"DOWN"}', condition);
    expect(finding).toEqual({ outcome: 'failure', message: `answered 200, but ${reason}` });
  });

  it('is a failure, whatever the condition, where the body cannot be decoded', async () => {
    for (const condition of [UP, { kind: 'lacks', text: 'DOWN' } as const])
      expect(await judged('UP', condition, { contentEncoding: 'compress' })).toEqual({
        outcome: 'failure',
        message: 'answered 200, but the body is encoded as compress, which cannot be decoded',
      });
  });

  it('is that of the code where that is wrong, and where no condition looks at the body', async () => {
    const answer = { statusCode: 500, body: undefined };
    expect((await judgeAnswer(answer, { ...target, expectedBody: UP })).message).toBe(
      'answered 500, expected 200',
    );
    expect((await judgeAnswer({ ...answer, statusCode: 200 }, target)).outcome).toBe('success');
  });
});

describe('maxBodyBytesOf', () => {
  it.each([
    ['nothing where no condition looks at it', 200, {}, 0],
    ['nothing where the code decides', 500, { expectedBody: UP }, 0],
    ['64 KiB if nothing else is said', 200, { expectedBody: UP }, 65_536],
    ['what is said', 200, { expectedBody: UP, maxBodyBytes: 1_024 }, 1_024],
  ])('reads %s', (_what, code, more, bytes) =>
    expect(maxBodyBytesOf(code, { ...target, ...more })).toBe(bytes),
  );
});
