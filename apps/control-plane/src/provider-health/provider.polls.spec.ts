import { Logger } from '@nestjs/common';
import { MemoryDatabase } from '../../test/memory.database.js';
import { registered } from '../../test/registered-provider.js';
import { TestPlane } from '../../test/test-plane.js';
import { LEASES, PROVIDERS } from '../providers/provider.rows.js';
import { ProviderHealthStage } from './provider-health.module.js';

describe('The boot of a control plane', () => {
  it.each([
    ['an empty database', [], 'providers that are polled for their health: 0 of 0'],
    [
      'a database with providers',
      [undefined, '/health', '/healthz'],
      'providers that are polled for their health: 2 of 3',
    ],
  ])('on %s says how many providers are polled', async (_what, paths, line) => {
    const logged: string[] = [];
    vi.spyOn(Logger.prototype, 'log').mockImplementation((text: unknown) => void logged.push(String(text)));
    const store = new MemoryDatabase();
    for (const [at, path] of paths.entries()) {
      const registration = path === undefined ? {} : { health_path: path };
      const { stored, info } = registered(at + 1, `p${at}`, { registration }).payload;
      const name = stored.registration.name;
      store.load(PROVIDERS, [{ ...stored, name, info, cordoned: false, drainRequested: false }]);
      const lease = { advertisedMs: 0, availability: 'Unknown', stateSinceMs: 0, lastSequence: 0 } as const;
      store.load(LEASES, [{ key: stored.key, ...lease }]);
    }
    await TestPlane.start({ modules: [ProviderHealthStage], store });
    expect(logged.filter((text) => /health/.test(text))).toEqual([line]);
    vi.restoreAllMocks();
  });
});
