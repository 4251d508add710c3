import { faultsOf } from '../../../test/checks/check-body-faults.js';

const TTL = { type: 'ttl' };
const ONCE = { start: '2026-01-31T10:00:00Z', end: '2026-01-31T12:00:00Z' };
const CRON = { cron: '30 2 * * 6', duration: '2h' };

const windows = (...maintenance: unknown[]): object => ({ ...TTL, maintenance });

describe('A maintenance window', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['nothing', {}, '/start', /RFC 3339/],
    ['no end', { start: ONCE.start }, '/end', /RFC 3339/],
    ['a time without a zone', { ...ONCE, end: '2026-01-31T12:00:00' }, '/end', /RFC 3339/],
    ['an end before the start', { start: ONCE.end, end: ONCE.start }, '/end', /after start/],
    [
      'a duration for one that is once',
      { ...ONCE, duration: '1h' },
      '/duration',
      /belongs to a window with cron/,
    ],
    ['a start for one with cron', { ...CRON, start: ONCE.start }, '/start', /left out/],
    ['a cron that is none', { ...CRON, cron: '61 * * * *' }, '/cron', /five fields/],
    ['a cron that never comes', { ...CRON, cron: '0 0 30 2 *' }, '/cron', /never comes/],
    ['a cron without a duration', { cron: CRON.cron }, '/duration', /such as "10s"/],
    ['a zone that is none', { ...CRON, time_zone: 'Mars/Base' }, '/time_zone', /is not a time zone/],
  ])('is refused with %s', async (_what, window, at, detail) => {
    const expected = { pointer: `/maintenance/1${at}`, detail: expect.stringMatching(detail) };
    expect(await faultsOf(windows(ONCE, window))).toContainEqual(expected);
  });

  it.each([
    ['that is no list', ONCE],
    ['with null in it', [ONCE, null]],
    ['with a text in it', [ONCE, 'tomorrow']],
    ['that are too many', Array.from({ length: 101 }, () => ONCE)],
  ])('is refused in a list %s', async (_what, maintenance) => {
    expect((await faultsOf({ ...TTL, maintenance })).map(({ pointer }) => pointer)).toContain('/maintenance');
  });
});
