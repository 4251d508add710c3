import fc from 'fast-check';
import { jest } from '@jest/globals';
import { TimeZone } from './time-zone.js';

const HOUR_MS = 3_600_000;

/** What a clock shows, asked of Intl anew each time. */
function shownMs(name: string, atMs: number): number {
  const text = new Date(atMs).toLocaleString('sv-SE', { timeZone: name });
  return Date.parse(`${text.replace(' ', 'T')}Z`) - atMs;
}

describe('TimeZone', () => {
  it('knows the offset of any second, near a change of the clocks too', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca'];
    const from = Date.UTC(2020, 0, 1) / 1_000;
    const second = fc.integer({ min: from, max: from + 15 * 366 * 86_400 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), second, (name, at) => {
        expect(TimeZone.of(name).offsetMs(at * 1_000)).toBe(shownMs(name, at * 1_000));
      }),
    );
  });

  it('changes its offset at the very millisecond', () => {
    const berlin = TimeZone.of('Europe/Berlin');
    const changeMs = Date.UTC(2026, 2, 29, 1);
    expect([berlin.offsetMs(changeMs - 1), berlin.offsetMs(changeMs)]).toEqual([HOUR_MS, 2 * HOUR_MS]);
    expect(berlin.changeMs(changeMs - 40 * HOUR_MS, changeMs + 40 * HOUR_MS)).toBe(changeMs);
  });

  it('does not ask again for what it knows, so that a window of every minute costs little', () => {
    const asked = jest.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
    const zone = TimeZone.of('Pacific/Chatham');
    for (let minute = 0; minute < 24 * 60; minute++)
      zone.offsetMs(Date.UTC(2026, 0, 1) + (minute * HOUR_MS) / 60);
    expect(asked.mock.calls.length).toBe(2 * 4);
    asked.mockRestore();
  });
});
