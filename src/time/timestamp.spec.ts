import fc from 'fast-check';
import { formatTimestamp, parseTimestamp, tryParseTimestamp } from './timestamp.js';

describe('parseTimestamp', () => {
  it.each<[string, string]>([
    ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31t10:00:00z', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31 10:00:00Z', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31T10:00:00.5Z', '2026-01-31T10:00:00.500Z'],
    ['2026-01-31T10:00:00.123456789Z', '2026-01-31T10:00:00.123Z'],
    ['2026-01-31T10:00:00.99999999999999999999Z', '2026-01-31T10:00:00.999Z'],
    ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T10:00:00-05:30', '2026-01-31T15:30:00.000Z'],
    ['2026-01-01T00:00:00+23:59', '2025-12-31T00:01:00.000Z'],
    ['2026-01-31T10:00:00-00:00', '2026-01-31T10:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-12-31T23:59:59Z', '0099-12-31T23:59:59.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (text, utc) => {
    expect(formatTimestamp(parseTimestamp(text))).toBe(utc);
  });

  it.each<[string, string]>([
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['2016-12-31T23:59:60.7Z', '2016-12-31T23:59:59.999Z'],
    ['2017-01-01T01:59:60+02:00', '2016-12-31T23:59:59.999Z'],
    ['1990-12-31T15:59:60-08:00', '1990-12-31T23:59:59.999Z'],
  ])('takes the leap second %s for the last millisecond of its minute', (text, utc) => {
    expect(formatTimestamp(parseTimestamp(text))).toBe(utc);
  });

  it.each<[string]>([
    ['2026-00-01T00:00:00Z'],
    ['2026-13-01T00:00:00Z'],
    ['2026-01-00T00:00:00Z'],
    ['2026-01-32T00:00:00Z'],
    ['2026-04-31T00:00:00Z'],
    ['2026-02-29T00:00:00Z'],
    ['1900-02-29T00:00:00Z'],
    ['2026-01-01T24:00:00Z'],
    ['2026-01-01T00:60:00Z'],
    ['2026-01-01T00:00:61Z'],
    ['2026-01-01T00:00:00+24:00'],
    ['2026-01-01T00:00:00+00:60'],
  ])('refuses %s, which has the form but is no time', (text) => {
    expect(tryParseTimestamp(text)).toBeUndefined();
  });

  it.each<[string]>([
    [''],
    ['now'],
    ['1769853600'],
    ['2026-01-31'],
    ['2026-01-31T10:00:00'],
    ['2026-01-31T10:00Z'],
    ['2026-01-31T10:00:00+0200'],
    ['2026-01-31T10:00:00+02'],
    ['2026-01-31T10:00:00.Z'],
    ['2026-1-31T10:00:00Z'],
    ['+002026-01-31T10:00:00Z'],
    [' 2026-01-31T10:00:00Z'],
    ['2026-01-31T10:00:00Z\n'],
    ['٢٠٢٦-01-31T10:00:00Z'],
  ])('refuses %j, which has another form', (text) => {
    expect(tryParseTimestamp(text)).toBeUndefined();
    expect(() => parseTimestamp(text)).toThrow(expect.objectContaining({ code: 'timestamp-invalid' }));
  });

  it('names what it refuses, cut short', () => {
    expect(() => parseTimestamp('x'.repeat(10_000))).toThrow(/^"x{64}" is not an RFC 3339 timestamp/);
  });

  it('accepts no garbage', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(tryParseTimestamp(text)).toBeUndefined();
      }),
    );
  });

  it('reads back every millisecond that was written, in whatever zone', () => {
    const anyMs = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9998, 0, 1) });
    const offset = fc.integer({ min: -(24 * 60 - 1), max: 24 * 60 - 1 });
    fc.assert(
      fc.property(anyMs, offset, (epochMs, offsetMinutes) => {
        const ahead = Math.abs(offsetMinutes);
        const zone = [Math.floor(ahead / 60), ahead % 60]
          .map((part) => String(part).padStart(2, '0'))
          .join(':');
        const local = formatTimestamp(epochMs + offsetMinutes * 60_000).slice(0, -1);
        expect(parseTimestamp(`${local}${offsetMinutes < 0 ? '-' : '+'}${zone}`)).toBe(epochMs);
      }),
    );
  });

  it('loses none of the thousand milliseconds of a second', () => {
    const startMs = Date.UTC(2026, 0, 1);
    for (let ms = 0; ms < 1_000; ms++)
      expect(parseTimestamp(formatTimestamp(startMs + ms))).toBe(startMs + ms);
  });
});
