import { ManualClock } from '@vitals/core/time';
import { type ProviderHealthModuleOptions, ProviderHealthSettings } from './provider-health.settings.js';

describe('Settings', () => {
  it.each<[ProviderHealthModuleOptions | undefined, number, number, number]>([
    [undefined, 30_000, 5_000, 90_000],
    [{}, 30_000, 5_000, 90_000],
    [{ pollInterval: '1m' }, 60_000, 5_000, 180_000],
    [{ pollInterval: 2_000, checkTimeout: '1.5s' }, 2_000, 1_500, 6_000],
    [{ pollInterval: undefined, clock: new ManualClock() }, 30_000, 5_000, 90_000],
  ])(
    '%j are an interval, a timeout, and three intervals to be believed',
    (options, poll, timeout, believed) => {
      const { pollIntervalMs, checkTimeoutMs, believedMs } = new ProviderHealthSettings(options);
      expect([pollIntervalMs, checkTimeoutMs, believedMs]).toEqual([poll, timeout, believed]);
    },
  );

  it.each<[object, RegExp]>([
    [{ pollInterval: '5s' }, /checkTimeout \(5 s\) must be shorter than pollInterval \(5 s\): .*hold up/],
    [{ checkTimeout: '31s' }, /checkTimeout \(31 s\) must be shorter than pollInterval \(30 s\)/],
    [{ pollInterval: '30' }, /pollInterval: "30" is not a duration: it has no unit/],
    [{ pollInterval: -1 }, /pollInterval: -1 is not a duration/],
    [{ checkTimeout: 0 }, /checkTimeout must be longer than nothing/],
    [{ pollIntervalMs: 5 }, /unknown option `pollIntervalMs`; did you mean `pollInterval`\?/],
    [
      { __proto__: null, constructor: 1 },
      /unknown option `constructor`; there are pollInterval, checkTimeout, clock/,
    ],
    [{ clock: Date }, /clock: give a Clock/],
  ])('%j are refused', (options, message) => {
    const read = () => new ProviderHealthSettings(options);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'declaration-invalid' }) as Error);
  });
});
