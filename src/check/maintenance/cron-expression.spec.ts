import { CronExpression } from './cron-expression.js';

const HOUR_MS = 3_600_000;

describe('CronExpression', () => {
  it.each([
    ['30 2 * * 6', '0 30 2 * * 6'],
    ['@weekly', '0 0 0 * * 0'],
    ['* * * * *', '0 * * * * *'],
    ['* 3 1-31 * 0-6', '0 0-59 3 * * *'],
    ['*/20 9-17/4 5/10 * ?', '0 0,20,40 9,13,17 5-31/10 * ?'],
  ])('writes %j in full as %j', (text, full) => expect(new CronExpression(text).inFull).toBe(full));

  it.each([
    ['0 0 13 * 5', true],
    ['0 0 13 * +5', false],
    ['0 0 13 * *', false],
  ])('says of %j that it is ambiguous: %j', (text, isAmbiguous) =>
    expect(new CronExpression(text).isAmbiguous).toBe(isAmbiguous),
  );

  it.each([
    ['@daily', 0, 24 * HOUR_MS],
    ['0 6,18 * * *', 12 * HOUR_MS, 12 * HOUR_MS],
    ['0 8-10 * * *', 2 * HOUR_MS, 22 * HOUR_MS],
    ['@hourly', 23 * HOUR_MS, HOUR_MS],
  ])('of %j tells the span of a day and the widest gap', (text, spanMs, gapMs) => {
    const expression = new CronExpression(text);
    expect([expression.spanMs, expression.gapMs]).toEqual([spanMs, gapMs]);
  });

  it.each([
    ['0 0 * *', 'it has 4 fields'],
    ['60 0 * * *', '"60" is out of range: minutes go from 0 to 59'],
    ['0 5-3 * * *', '"5-3" ends before it begins'],
    ['0 */0 * * *', '"*/0" has a step of zero'],
    ['x 0 * * *', '"x" is not a valid minute'],
  ])('refuses %j: %s', (text, why) => expect(() => new CronExpression(text)).toThrow(why));
});
