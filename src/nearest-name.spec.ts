import fc from 'fast-check';
import { nearestName } from './nearest-name.js';

const OPTIONS = ['timeout', 'cacheFor', 'every', 'staleAfter', 'failureThreshold', 'kinds', 'name', 'id'];
const SETTINGS = ['VITALS_HEARTBEAT_INTERVAL', 'VITALS_HEARTBEAT_GRACE', 'VITALS_ADMIN_TOKEN'];

describe('the nearest name', () => {
  it.each([
    ['timout', OPTIONS, 'timeout'],
    ['timeuot', OPTIONS, 'timeout'],
    ['Timeout', OPTIONS, 'timeout'],
    ['cache_for', OPTIONS, 'cacheFor'],
    ['stale-after', OPTIONS, 'staleAfter'],
    ['kind', OPTIONS, 'kinds'],
    ['failureTreshold', OPTIONS, 'failureThreshold'],
    ['nmae', OPTIONS, 'name'],
    ['VITALS_HEARBEAT_INTERVAL', SETTINGS, 'VITALS_HEARTBEAT_INTERVAL'],
    ['vitals.admin.token', SETTINGS, 'VITALS_ADMIN_TOKEN'],
  ])('to %s of %j is %s', (given, known, nearest) => {
    expect(nearestName(given, known)).toBe(nearest);
  });

  it.each([
    ['interval', OPTIONS],
    ['x', OPTIONS],
    ['', OPTIONS],
    ['xy', OPTIONS],
    ['timeout', []],
    ['t'.repeat(1_000_000), ['timeout']],
  ])('is none where no name is close', (given, known) => {
    expect(nearestName(given, known)).toBeUndefined();
  });

  it('is the closer one of two, and of equally close ones the first', () => {
    expect(nearestName('timeou', ['timeoutMs', 'timeout'])).toBe('timeout');
    expect(nearestName('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('to a known name is itself, and to one with a letter too many, too few or exchanged as well', () => {
    const name = fc.stringMatching(/^[a-z]{4,30}$/);
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom('drop', 'double', 'swap'), (known, seed, edit) => {
        const at = seed % (known.length - 1);
        const [a, b] = [known.charAt(at), known.charAt(at + 1)];
        const middle = edit === 'drop' ? b : edit === 'double' ? a + a + b : b + a;
        expect(nearestName(known, [known])).toBe(known);
        expect(nearestName(known.slice(0, at) + middle + known.slice(at + 2), [known])).toBe(known);
      }),
    );
  });
});
