import { CronExpression } from '@vitals/core/check';
import fc from 'fast-check';
import { CronSchedule } from './cron.schedule.js';

function scheduleOf(expression: string, timeZone: string): CronSchedule {
  return new CronSchedule(new CronExpression(expression), timeZone);
}

/** The times at which it fires after `from`, up to and including `to`. */
function firesOf(expression: string, timeZone: string, from: string, to: string): string[] {
  const schedule = scheduleOf(expression, timeZone);
  const fires: string[] = [];
  for (let atMs = schedule.nextMs(Date.parse(from)); atMs !== undefined && atMs <= Date.parse(to);) {
    fires.push(new Date(atMs).toISOString().slice(5, 16));
    atMs = schedule.nextMs(atMs);
  }
  return fires;
}

// Berlin: 29 March 2026 02:00 becomes 03:00 at 01:00Z; 25 October 2026 03:00 becomes 02:00 at 01:00Z
const SPRING = ['2026-03-28T12:00Z', '2026-03-30T12:00Z'] as const;
const AUTUMN = ['2026-10-24T12:00Z', '2026-10-26T12:00Z'] as const;

const QUARTERS = ['03-29T01:00', '03-30T00:00', '03-30T00:15', '03-30T00:30', '03-30T00:45'];

describe('CronSchedule', () => {
  it.each([
    ['a time that is left out: at the change', '30 2 * * *', SPRING, ['03-29T01:00', '03-30T00:30']],
    [
      'several times that are left out: once',
      '0,30 2 * * *',
      SPRING,
      ['03-29T01:00', '03-30T00:00', '03-30T00:30'],
    ],
    ['the hour after the change: once', '0 2,3 * * *', SPRING, ['03-29T01:00', '03-30T00:00', '03-30T01:00']],
    ['a time that comes twice: the first of them', '30 2 * * *', AUTUMN, ['10-25T00:30', '10-26T01:30']],
    ['the hour after both: once', '0 3 * * *', AUTUMN, ['10-25T02:00', '10-26T02:00']],
    ['every quarter of an hour that is left out', '*/15 2 * * *', SPRING, QUARTERS],
    ['midnight', '@daily', AUTUMN, ['10-24T22:00', '10-25T23:00']],
  ] as const)(
    'fires in Berlin, when the clocks change, for %s',
    (_what, expression, [from, to], expected) => {
      expect(firesOf(expression, 'Europe/Berlin', from, to)).toEqual(expected);
    },
  );

  it.each([
    [
      'Europe/Berlin',
      '2026-10-24T23:50Z',
      '2026-10-25T02:10Z',
      ['00:00', '00:30', '01:00', '01:30', '02:00'],
    ],
    ['Europe/Berlin', '2026-03-29T00:00Z', '2026-03-29T02:10Z', ['00:30', '01:00', '01:30', '02:00']],
    // half an hour back, at 15:00Z
    ['Australia/Lord_Howe', '2026-04-04T14:10Z', '2026-04-04T16:00Z', ['14:30', '15:00', '15:30', '16:00']],
  ])('shows every half hour of %s after %s', (timeZone, from, to, expected) => {
    const fires = firesOf('*/30 * * * *', timeZone, from, to).map((at) => at.slice(6));
    expect(fires).toEqual(expected);
  });

  it('fires in the southern summer as in the northern', () => {
    // Sydney: 4 October 2026 02:00 becomes 03:00 at 16:00Z the day before
    expect(firesOf('30 2 * * *', 'Australia/Sydney', '2026-10-03T00:00Z', '2026-10-05T00:00Z')).toEqual([
      '10-03T16:00',
      '10-04T15:30',
    ]);
  });

  it('goes on from within the hour that comes twice', () => {
    const schedule = scheduleOf('30 2 * * *', 'Europe/Berlin');
    expect(schedule.nextMs(Date.parse('2026-10-25T01:10Z'))).toBe(Date.parse('2026-10-26T01:30Z'));
    expect(schedule.nextMs(Date.parse('2026-10-25T00:29:59.999Z'))).toBe(Date.parse('2026-10-25T00:30Z'));
  });

  it.each([
    ['0 0 29 2 *', '2026-01-01T00:00Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 29 2 *', '2096-03-01T00:00Z', '2104-02-29T00:00:00.000Z'],
    ['0 0 31 * *', '2026-01-31T00:00Z', '2026-03-31T00:00:00.000Z'],
    ['0 0 13 * 5', '2026-11-21T00:00Z', '2026-11-27T00:00:00.000Z'],
    ['0 0 * * 7', '2026-11-21T00:00Z', '2026-11-22T00:00:00.000Z'],
    ['0 0 1 JAN *', '2026-11-21T00:00Z', '2027-01-01T00:00:00.000Z'],
    ['15 30 4 * * *', '2026-11-21T04:30:14.999Z', '2026-11-21T04:30:15.000Z'],
    ['15 30 4 * * *', '2026-11-21T04:30:15Z', '2026-11-22T04:30:15.000Z'],
    ['0 0 * * 6#1', '2026-11-21T00:00Z', '2026-12-05T00:00:00.000Z'],
    ['0 0 * * SAT#1', '2026-11-21T00:00Z', '2026-12-05T00:00:00.000Z'],
    ['0 0 L * *', '2026-11-21T00:00Z', '2026-11-30T00:00:00.000Z'],
    ['0 0 * * 5L', '2026-11-21T00:00Z', '2026-11-27T00:00:00.000Z'],
    ['0 0 15W * *', '2026-11-21T00:00Z', '2026-12-15T00:00:00.000Z'],
    // 15 August 2026 is a Saturday
    ['0 0 15W * *', '2026-08-01T00:00Z', '2026-08-14T00:00:00.000Z'],
    ['0 0 13 * +5', '2026-11-21T00:00Z', '2027-08-13T00:00:00.000Z'],
    ['5/20 * * * *', '2026-11-21T04:05Z', '2026-11-21T04:25:00.000Z'],
    ['0 0 * * 1/2', '2026-11-21T00:00Z', '2026-11-22T00:00:00.000Z'],
    ['*/70 4 */40 * *', '2026-11-21T00:00Z', '2026-12-01T04:00:00.000Z'],
    ['0 0 1-31 * 1', '2026-11-21T00:00Z', '2026-11-23T00:00:00.000Z'],
    ['0 0 13 * 1-7', '2026-11-21T00:00Z', '2026-12-13T00:00:00.000Z'],
    ['@weekdays', '2026-11-21T00:00Z', '2026-11-23T00:00:00.000Z'],
    ['@weekends', '2026-11-21T00:00Z', '2026-11-22T00:00:00.000Z'],
    ['@Minutely', '2026-11-21T00:00Z', '2026-11-21T00:01:00.000Z'],
    ['@secondly', '2026-11-21T00:00Z', '2026-11-21T00:00:01.000Z'],
    ['0-58 * * * *', '2026-11-21T04:58:01Z', '2026-11-21T05:00:00.000Z'],
  ])('fires for %s after %s at %s', (expression, from, expected) => {
    const atMs = scheduleOf(expression, 'UTC').nextMs(Date.parse(from));
    expect(new Date(atMs ?? 0).toISOString()).toBe(expected);
  });

  it('never fires for a day that no year has', () => {
    expect(scheduleOf('0 0 30 2 *', 'UTC').nextMs(Date.UTC(2026, 0, 1))).toBeUndefined();
  });

  it('knows when it fired last, near a change of the clocks too', () => {
    const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Pacific/Apia'];
    const expressions = ['30 2 * * *', '*/20 * * * *', '10 1-3 * * *', '5 0 * * 0', '0 2 * * 0#5'];
    const year = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    const near = fc
      .tuple(fc.constantFrom(...SPRING, ...AUTUMN), fc.nat(2 * 86_400_000))
      .map(([from, byMs]) => Date.parse(from) + byMs);
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.constantFrom(...zones),
        fc.oneof(year, near),
        (expression, zone, atMs) => {
          const schedule = scheduleOf(expression, zone);
          const lastMs = schedule.lastMs(atMs) as number;
          expect(lastMs).toBeLessThanOrEqual(atMs);
          expect(schedule.nextMs(lastMs - 1)).toBe(lastMs);
          expect(schedule.nextMs(lastMs)).toBeGreaterThan(atMs);
        },
      ),
    );
  });

  it('keeps to the order of time: what fires after a time also fires after any between', () => {
    const expressions = ['30 2 * * *', '*/20 * * * *', '10 1-3 * * *', '0 */7 * * *', '5 0 * * 0'];
    const zones = [
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Asia/Kathmandu',
    ];
    const year = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.constantFrom(...zones),
        year,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (expression, zone, atMs, part) => {
          const schedule = CronSchedule.of(expression, zone);
          const nextMs = schedule.nextMs(atMs) as number;
          const betweenMs = atMs + Math.floor((nextMs - atMs) * part);
          return nextMs > atMs && nextMs - atMs <= 8 * 86_400_000 && schedule.nextMs(betweenMs) === nextMs;
        },
      ),
    );
  });
});
