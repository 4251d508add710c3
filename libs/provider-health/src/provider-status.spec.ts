import fc from 'fast-check';
import { providerStatusBody } from './provider-status.js';

const STATUS = {
  name: '__proto__',
  healthy: true,
  message: 'ok',
  latencyMs: 12.345678,
  checkedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  stale: false,
  sinceMs: Date.UTC(2026, 0, 1),
  checked: true,
};

describe('A status on the wire', () => {
  it('has the members of the Go package, and those that were added', () => {
    expect(JSON.parse(JSON.stringify(providerStatusBody(STATUS)))).toEqual({
      name: '__proto__',
      healthy: true,
      message: 'ok',
      latency: 12_345_678,
      latency_ms: 12.345678,
      checked_at: '2026-01-02T03:04:05.006Z',
      stale: false,
      since: '2026-01-01T00:00:00.000Z',
      checked: true,
    });
  });

  it('has whole nanoseconds, which are the milliseconds too', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 86_400_000, noNaN: true }), (latencyMs) => {
        const { latency, latency_ms } = providerStatusBody({ ...STATUS, latencyMs });
        expect(Number.isSafeInteger(latency)).toBe(true);
        expect(Math.abs(latency - latencyMs * 1e6)).toBeLessThanOrEqual(1);
        expect(latency_ms).toBe(latency / 1e6);
      }),
    );
  });
});
