import { readDeployment } from '../tck/app/deployment.js';

const PACKAGE = 'org.eclipse.microprofile.health.tck.deployment';

describe('What the TCK deploys', () => {
  it('is a provider for each class, and an option for each setting', () => {
    const content = [
      `${PACKAGE}.SuccessfulLiveness`,
      `${PACKAGE}.DelayedCheck`,
      'mp.health.default.readiness.empty.response=UP',
      'mp.health.default.startup.empty.response=DOWN',
    ];
    const { providers, health } = readDeployment(content);
    expect(providers[0]).toHaveProperty('name', 'SuccessfulLiveness');
    expect(providers.slice(1)).toEqual([
      { provide: expect.any(Function) as unknown, useFactory: expect.any(Function) as unknown },
    ]);
    expect(health).toEqual({ emptyResponse: { readiness: 'UP', startup: 'DOWN' } });
  });

  it('is an app without checks when the archive is empty', () => {
    expect(readDeployment([])).toEqual({ providers: [], health: { emptyResponse: {} } });
  });

  it.each([
    [`${PACKAGE}.Unknown`, /no provider stands for the Java class .*Unknown/],
    ['mp.health.other=UP', /no option stands for the setting mp.health.other/],
    ['mp.health.default.startup.empty.response=up', /must be UP or DOWN, and is up/],
  ])('is refused rather than left out: %s', (item, message) => {
    expect(() => readDeployment([item])).toThrow(message);
  });
});
