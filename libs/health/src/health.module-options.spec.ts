import { assertOptions, type HealthModuleOptions } from './health.module-options.js';

describe('Options of HealthModule', () => {
  it.each([
    [{ detial: 'full' }, /no option "detial"/],
    [{ detail: 'everything' }, /detail must be one of auto, status, names, full/],
    [{ endpoints: { health: 'health' } }, /"health" must begin with "\/"/],
    [{ endpoints: { healthz: ['/a', 'b'] } }, /"b" must begin with "\/"/],
  ])('refuse %j, and say why', (options, why) => {
    expect(() => assertOptions(options as HealthModuleOptions)).toThrow(why);
  });

  it('accept what is documented', () => {
    expect(() =>
      assertOptions({ detail: 'auto', endpoints: { health: false, healthz: ['/z'] } }),
    ).not.toThrow();
  });
});
