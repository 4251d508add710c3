import type { Service } from './service.js';

/**
 * Starts a service for a spec file and removes it after its tests. What cannot be started is said on stdout, and
 * `undefined`, for a spec to skip what needs it; where `CI` is `true` it is a failure.
 */
export async function provideService(
  name: string,
  start: () => Promise<Service>,
): Promise<Service | undefined> {
  try {
    const service = await start();
    afterAll(() => service.remove());
    return service;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (process.env['CI'] === 'true') throw new Error(`${name} cannot be started: ${why}`, { cause: error });
    process.stdout.write(`\n${name} cannot be started, so its tests are skipped: ${why}\n`);
    return undefined;
  }
}

/** `describe` if the service runs, else `describe.skip`. */
export function describeWith(service: Service | undefined): typeof describe | typeof describe.skip {
  return service ? describe : describe.skip;
}
