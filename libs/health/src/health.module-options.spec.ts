import { assertOptions, type HealthModuleOptions } from './health.module-options.js';

describe('Options of HealthModule', () => {
  it.each([
    [{ detial: 'full' }, /unknown option `detial`; did you mean `detail`\?/],
    [{ constructor: 'x' }, /unknown option `constructor`; there are appId, /],
    [[], /HealthModule\.forRoot: must be an object/],
    [{ checks: ['disk'] }, /checks: must be an object/],
    [{ detail: 'everything' }, /detail: must be one of auto, status, names, full/],
    [{ format: 'xml' }, /format: must be one of microprofile, health\+json, terminus/],
    [{ messages: 'secret' }, /messages: must be one of redacted, withheld/],
    [{ emptyResponse: { readiness: true } }, /emptyResponse: readiness: must be one of UP, DOWN/],
    [{ emptyResponse: 'UP' }, /emptyResponse: must be an object/],
    [{ endpoints: { health: 'health' } }, /endpoints: health: the path "health" must begin with "\/"/],
    [{ endpoints: { healthz: ['/a', 'b'] } }, /"b" must begin with "\/"/],
    [{ endpoints: { healthz: '/a' } }, /endpoints: healthz: must be a list of paths, or false/],
    [{ endpoints: { heathz: ['/a'] } }, /endpoints: unknown option `heathz`; did you mean `healthz`\?/],
    [{ endpoints: { health: '/a/:b' } }, /endpoints: health: the path "\/a\/:b" must not have ":" in it/],
    [{ endpoints: { livez: '/*' } }, /endpoints: livez: the path "\/\*" must not have "\*" in it/],
    [{ endpoints: { readyz: '/a?b' } }, /endpoints: readyz: the path "\/a\?b" must not have "\?" in it/],
    [{ endpoints: { metrics: '/a#b' } }, /endpoints: metrics: the path "\/a#b" must not have "#" in it/],
    [
      { endpoints: { healthz: ['/ok', '/a\tb'] } },
      /endpoints: healthz: the path "\/a\\tb" must not have "\\t" in it/,
    ],
    [{ prefix: '/ops/:x' }, /prefix: the path "\/ops\/:x" must not have ":" in it/],
    [{ prefix: '/café x' }, /prefix: the path "\/café x" must not have " " in it/],
    [{ prefix: false }, /prefix: the path false must begin with "\/"/],
    [{ prefix: 'internal' }, /prefix: the path "internal" must begin with "\/"/],
    [{ port: '9000' }, /port: must be a port, 0 to 65535; write 9000 without quotes/],
    [{ port: 70_000 }, /port: must be a port, 0 to 65535/],
    [{ host: '' }, /host: must be a text that is not empty/],
    [{ drain: 'long' }, /drain: "long" is not a duration/],
    [{ files: { live: '/tmp/live' } }, /files: unknown option `live`; there are liveness, readiness/],
    [{ files: { liveness: '/tmp/live', every: 0 } }, /files: every: must be longer than 0/],
    [{ checks: 'disk' }, /checks: must be an object/],
    [
      { checks: { disk: { enable: false } } },
      /checks: disk: unknown option `enable`; did you mean `enabled`\?/,
    ],
    [{ checks: { disk: { enabled: 'no' } } }, /checks: disk: enabled: must be true or false/],
    [{ groups: { deep: { include: 'disk' } } }, /groups: deep: include: must be a list of names/],
  ])('refuse %j, and say why', (options, why) => {
    expect(() => assertOptions(options as HealthModuleOptions)).toThrow(why);
  });

  it('refuse everything that is wrong at once', () => {
    const options: object = {
      detial: 'full',
      port: '9000',
      endpoints: { health: 'health', livez: '/*' },
      cors: {},
    };
    expect(() => assertOptions(options as HealthModuleOptions)).toThrow(
      /^HealthModule.forRoot: 5 options are wrong:\n {2}unknown option `detial`.*\n {2}port: .*\n {2}endpoints: health: .*\n {2}endpoints: livez: .*\n {2}cors: origins: .*$/,
    );
  });

  it('accept what is documented', () => {
    expect(() =>
      assertOptions({
        appId: 'orders',
        detail: 'auto',
        endpoints: { health: false, healthz: ['/z'], metrics: '/metrics' },
        prefix: '/café',
        port: 0,
        drain: '5s',
        files: { liveness: '/tmp/live', every: '1s' },
        checks: { disk: { enabled: false, every: '10s' } },
        groups: { deep: { include: ['disk'], enabled: true } },
        releaseId: undefined,
      }),
    ).not.toThrow();
  });
});
