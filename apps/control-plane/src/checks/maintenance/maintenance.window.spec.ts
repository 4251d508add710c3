import type { MaintenanceWindow } from '@vitals/core/check';
import fc from 'fast-check';
import { cronFault } from './cron.schedule.js';
import { openUntilMs } from './maintenance.watch.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function cron(expression: string, durationMs: number, timeZone = 'Europe/Berlin'): MaintenanceWindow {
  return { kind: 'cron', expression, durationMs, timeZone };
}

function once(startMs: number, endMs: number): MaintenanceWindow {
  return { kind: 'once', startMs, endMs };
}

function at(windows: readonly MaintenanceWindow[], time: string): string {
  const { open, changesAtMs } = openUntilMs(windows, Date.parse(time));
  const until = changesAtMs === undefined ? 'ever' : new Date(changesAtMs).toISOString().slice(0, 19);
  return `${open ? 'open' : 'closed'} until ${until}`;
}

describe('openUntilMs', () => {
  it('is closed for good without windows', () => {
    expect(openUntilMs([], 0)).toEqual({ open: false, changesAtMs: undefined });
  });

  it.each([
    ['2026-11-21T01:29:59.999Z', 'closed until 2026-11-21T01:30:00'],
    ['2026-11-21T01:30:00Z', 'open until 2026-11-21T02:30:00'],
    ['2026-11-21T02:29:59.999Z', 'open until 2026-11-21T02:30:00'],
    ['2026-11-21T02:30:00Z', 'closed until 2026-11-22T01:30:00'],
    // the clocks skip 02:30, then show it twice; an hour stays an hour
    ['2026-03-29T00:59:59Z', 'closed until 2026-03-29T01:00:00'],
    ['2026-03-29T01:00:00Z', 'open until 2026-03-29T02:00:00'],
    ['2026-10-25T00:30:00Z', 'open until 2026-10-25T01:30:00'],
    ['2026-10-25T01:30:00Z', 'closed until 2026-10-26T01:30:00'],
  ])('at %s, every night at 02:30 for an hour, is %s', (time, expected) => {
    expect(at([cron('30 2 * * *', HOUR_MS)], time)).toBe(expected);
  });

  it.each([
    [
      'one that lasts over midnight',
      [cron('0 23 * * *', 2 * HOUR_MS, 'UTC')],
      'open until 2026-11-21T01:00:00',
    ],
    [
      'two that overlap',
      [cron('0 23 * * *', 2 * HOUR_MS, 'UTC'), cron('30 0 * * *', HOUR_MS, 'UTC')],
      'open until 2026-11-21T01:30:00',
    ],
    [
      'one that begins again before it ends',
      [cron('*/10 0 * * *', 15 * MINUTE_MS, 'UTC')],
      'open until 2026-11-21T01:05:00',
    ],
    ['one that begins every second of an hour', [cron('* * 0 * * *', 1_500, 'UTC')], 'open until'],
    ['a leap day', [cron('0 0 29 2 *', HOUR_MS, 'UTC')], 'closed until 2028-02-29T00:00:00'],
    ['a day that never comes', [cron('0 0 30 2 *', HOUR_MS, 'UTC')], 'closed until ever'],
  ])('knows %s', (_what, windows, expected) => {
    expect(at(windows, '2026-11-21T00:20:00Z')).toContain(expected);
  });

  it('says of one that never ends that one has to ask again', () => {
    const { open, changesAtMs = 0 } = openUntilMs([cron('* * * * * *', 1_000)], 0);
    expect([open, changesAtMs > 0, Number.isFinite(changesAtMs)]).toEqual([true, true, true]);
  });

  it('is open within one of its windows, and nothing changes before it says', () => {
    const moment = fc.integer({ min: 0, max: 40 });
    const windowsOf = fc.array(
      fc.tuple(moment, moment).map(([a, b]) => once(a, b)),
      { maxLength: 6 },
    );
    const isOpen = (windows: readonly MaintenanceWindow[], atMs: number): boolean =>
      windows.some((each) => each.kind === 'once' && each.startMs <= atMs && atMs < each.endMs);
    fc.assert(
      fc.property(windowsOf, moment, (windows, atMs) => {
        let changesAtMs: number | undefined = atMs + 1;
        while (changesAtMs <= 41 && isOpen(windows, changesAtMs) === isOpen(windows, atMs)) changesAtMs++;
        if (changesAtMs > 41) changesAtMs = undefined;
        expect(openUntilMs(windows, atMs)).toEqual({ open: isOpen(windows, atMs), changesAtMs });
      }),
    );
  });

  it('means what it did for one that was defined when a day and a weekday were taken together', () => {
    expect(at([cron('0 0 13 * 5', HOUR_MS, 'UTC')], '2026-11-21T00:00:00Z')).toBe(
      'closed until 2026-11-27T00:00:00',
    );
  });

  it('agrees with a cron that is looked at minute by minute', () => {
    const window = cron('*/25 1-3 * * *', 40 * MINUTE_MS);
    const openAt = (atMs: number): boolean => openUntilMs([window], atMs).open;
    for (const day of ['2026-03-29', '2026-10-25', '2026-11-21']) {
      let atMs = Date.parse(`${day}T00:00Z`) - 3 * HOUR_MS;
      for (let steps = 0; steps < 6; steps++) {
        const { open, changesAtMs = 0 } = openUntilMs([window], atMs);
        for (let between = atMs; between < changesAtMs; between += 5 * MINUTE_MS)
          expect(openAt(between)).toBe(open);
        expect(openAt(changesAtMs)).toBe(!open);
        atMs = changesAtMs;
      }
    }
  });
});

describe('cronFault', () => {
  it.each([
    ['30 2 * * *', 'Europe/Berlin', undefined],
    ['0 30 2 * * *', 'UTC', HOUR_MS],
    ['@weekly', 'America/New_York', HOUR_MS],
    ['* 1-6 * * *', 'UTC', MINUTE_MS],
    ['0 0 29 2 *', 'UTC', HOUR_MS],
    ['0 2 * * 6#1', 'UTC', HOUR_MS],
    ['0 2 L * *', 'UTC', HOUR_MS],
    ['0 2 15W * *', 'UTC', HOUR_MS],
    ['0 2 13 * +5', 'UTC', HOUR_MS],
    ['0 2 ? * 6', 'UTC', HOUR_MS],
    ['* * * * * 1-5', 'UTC', 1_000],
    ['0 0 * * 1-5', 'UTC', 48 * HOUR_MS],
    ['0 0 1-30 * *', 'UTC', 30 * HOUR_MS],
  ])('takes %s in %s', (expression, timeZone, durationMs) => {
    expect(cronFault(expression, timeZone, durationMs)).toBeUndefined();
  });

  it.each([
    ['', 'UTC', undefined, 'it has no fields'],
    ['every night', 'UTC', undefined, 'is not a cron expression'],
    ['60 * * * *', 'UTC', undefined, 'out of range'],
    ['* * * * * * *', 'UTC', undefined, 'it has 7 fields'],
    ['2026-01-31T10:00:00', 'UTC', undefined, 'it has one field'],
    ['@reboot', 'UTC', undefined, 'it has one field'],
    ['0 22-2 * * *', 'UTC', undefined, 'ends before it begins'],
    ['0 0 32 * *', 'UTC', undefined, '("32" is not a valid day of the month)'],
    ['0 2 32W * *', 'UTC', undefined, '("32W" is not a valid day of the month)'],
    ['0 0 * FOO *', 'UTC', undefined, '("FOO" is not a valid month)'],
    ['0 0 * * 6#6', 'UTC', undefined, '("6#6" is not a valid weekday)'],
    ['0 2 1 * 6', 'UTC', undefined, 'cron would take either of them'],
    ['0 2 1 * 6', 'UTC', undefined, '"6#1" for the first Saturday'],
    ['0 2 1 * 6', 'UTC', undefined, 'end with "1 * +6"'],
    ['0 2 L * 1-5', 'UTC', undefined, 'cron would take either of them'],
    ['0 0 30 * +5#1', 'UTC', undefined, 'never comes'],
    ['0 0 30W 2 *', 'UTC', undefined, 'never comes'],
    ['0 0 * * 1-5', 'UTC', 72 * HOUR_MS, 'would never end'],
    ['0 0 * 1-11 *', 'UTC', 24 * HOUR_MS, 'would never end'],
    ['*/0 * * * *', 'UTC', undefined, 'step of zero'],
    ['1,,2 * * * *', 'UTC', undefined, 'such as "30 2 * * 6"'],
    ['0,'.repeat(200), 'UTC', undefined, 'longer than 200 characters'],
    ['0 0 * * *', 'Berlin', undefined, 'use an IANA name, such as "Europe/Berlin"'],
    ['0 0 * * *', '', undefined, 'is not a time zone'],
    ['0 0 30 2 *', 'UTC', undefined, 'never comes'],
    ['0 * * * *', 'UTC', HOUR_MS, 'would never end'],
    ['* * * * * *', 'UTC', 1_000, 'would never end'],
    ['0 0 * * *', 'Europe/Berlin', 26 * HOUR_MS, 'would never end'],
  ])('says of %j in %j for %p what is wrong: %s', (expression, timeZone, durationMs, expected) => {
    expect(cronFault(expression, timeZone, durationMs)).toContain(expected);
  });
});
