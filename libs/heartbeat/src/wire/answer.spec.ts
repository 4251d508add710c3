import { readAnswer } from './answer.js';
import type { Reply } from './exchange.js';

const NOW_MS = Date.UTC(2026, 0, 1);

function read(reply: Partial<Reply>) {
  return readAnswer({ status: 200, headers: {}, text: '{}', ...reply }, NOW_MS);
}

describe('readAnswer', () => {
  it.each([
    ['the detail of a problem', '{"detail":"another instance"}', '409 another instance'],
    ['a text that is no JSON', '<html>', '409 <html>'],
    ['no body at all', '', '409'],
    ['a body that is no object', 'null', '409 null'],
    ['a long text, cut', 'x'.repeat(1_000), `409 ${'x'.repeat(300)}`],
  ])('gives %s as the reason of a refusal', (_what, text, reason) => {
    expect(read({ status: 409, text })).toMatchObject({ status: 409, reason });
  });

  it.each([
    ['3', 3_000],
    ['99999999999', 600_000],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads Retry-After %s as %s ms', (retryAfter, retryAfterMs) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    expect(read({ status: 503, headers }).retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    ['drain', true],
    ['other, drain', true],
    ['draining', false],
    ['', false],
    [undefined, false],
  ])('takes the directive %p for a request to drain: %s', (directive, asksToDrain) => {
    const headers = directive === undefined ? {} : { 'vitals-directive': directive };
    expect(read({ headers }).asksToDrain).toBe(asksToDrain);
  });

  it('passes on why there is no answer', () => {
    const answer = readAnswer({ status: 0, reason: 'away', wasStale: false }, NOW_MS);
    expect(answer).toMatchObject({ status: 0, body: {}, reason: 'away', asksToDrain: false });
  });
});
