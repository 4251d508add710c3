import { Injectable, type OnModuleInit, Scope } from '@nestjs/common';
import { boot, recordingLogger } from '../test/provider-app.js';
import { HealthProvider, ProviderHealthCache } from './index.js';

@HealthProvider('docker')
class Docker {}

class FastDocker extends Docker {}

@HealthProvider('nomad')
@Injectable({ scope: Scope.TRANSIENT })
class Nomad {}

describe('ProviderLoader', () => {
  it('registers what is declared, and says how many there are', async () => {
    const { lines, logger } = recordingLogger();
    const app = await boot({ providers: [Docker], logger });
    expect(app.get(ProviderHealthCache).names()).toEqual(['docker']);
    expect(lines.log).toEqual(['health providers: 1']);
  });

  it('says that there are none to whoever debugs only: an app may register all of its own later', async () => {
    const { lines, logger } = recordingLogger();
    await boot({ logger });
    expect([lines.log, lines.debug]).toEqual([[], ['health providers: 0']]);
  });

  it('warns of a provider that has no single instance, by class, and boots without it', async () => {
    const { lines, logger } = recordingLogger();
    const app = await boot({ providers: [Nomad, Docker], logger });
    expect(app.get(ProviderHealthCache).names()).toEqual(['docker']);
    expect(lines.warn).toEqual([
      expect.stringMatching(
        /^the health of Nomad \("nomad"\) is not kept: .*transient.* Give it the default scope/,
      ),
    ]);
  });

  it.each<[string, object[], RegExp]>([
    [
      'two classes',
      [Docker, FastDocker],
      /two health providers have the name "docker": Docker and FastDocker/,
    ],
    [
      'two instances of a class',
      [
        { provide: 'a', useValue: new Docker() },
        { provide: 'b', useValue: new Docker() },
      ],
      /"docker": Docker and Docker; .*register several instances of a class with ProviderHealthCache.register/,
    ],
  ])('fails the boot when %s have one name', async (_name, providers, message) => {
    await expect(boot({ providers: providers as never })).rejects.toThrow(message);
  });

  it('fails the boot when a declared name was registered before', async () => {
    class Early {
      constructor(cache: ProviderHealthCache) {
        cache.register('docker', {});
      }
    }
    const early = {
      provide: Early,
      inject: [ProviderHealthCache],
      useFactory: (c: ProviderHealthCache) => new Early(c),
    };
    await expect(boot({ providers: [early, Docker] })).rejects.toThrow(
      /"docker": one registered before and Docker/,
    );
  });

  it('lets a provider be registered in a hook of another', async () => {
    class Plugins implements OnModuleInit {
      constructor(private readonly cache: ProviderHealthCache) {}
      onModuleInit(): void {
        this.cache.register('plugin', {});
      }
    }
    const plugins = {
      provide: Plugins,
      inject: [ProviderHealthCache],
      useFactory: (cache: ProviderHealthCache) => new Plugins(cache),
    };
    const app = await boot({ providers: [plugins, Docker] });
    expect(app.get(ProviderHealthCache).names()).toEqual(['docker', 'plugin']);
  });
});

describe('@HealthProvider', () => {
  it.each([[''], [undefined], [5]])('refuses the name %j where it is declared', (name) => {
    const declare = () => HealthProvider(name as string)(Docker);
    expect(declare).toThrow('@HealthProvider() on Docker: the name must be a text that is not empty');
  });
});
