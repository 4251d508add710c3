import { Controller, Inject, Injectable, type ModuleMetadata, Scope } from '@nestjs/common';
import { boot } from '../test/provider-app.js';
import { HealthProvider } from './index.js';
import { ProviderExplorer } from './provider.explorer.js';

@Controller()
@HealthProvider('docker')
class Docker {
  healthCheck() {
    return { healthy: true };
  }
}

class FastDocker extends Docker {}

@HealthProvider('podman')
class Podman extends Docker {}

@Injectable()
class Plain {}

@HealthProvider('per-request')
@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@HealthProvider('needs-request')
@Injectable()
class NeedsRequest {
  constructor(@Inject(PerRequest) readonly dependency: PerRequest) {}
}

@HealthProvider('transient')
@Injectable({ scope: Scope.TRANSIENT })
class Transient {}

@HealthProvider('request-controller')
@Controller({ scope: Scope.REQUEST })
class RequestController {}

async function explore(metadata: ModuleMetadata) {
  return (await boot(metadata)).get(ProviderExplorer, { strict: false }).explore();
}

describe('ProviderExplorer', () => {
  it.each<[string, ModuleMetadata, string, string]>([
    ['a class', { providers: [Docker] }, 'Docker', 'docker'],
    ['a class under another token', { providers: [{ provide: 'd', useClass: Docker }] }, 'Docker', 'docker'],
    ['a value', { providers: [{ provide: 'd', useValue: new Docker() }] }, 'Docker', 'docker'],
    ['a factory', { providers: [{ provide: 'd', useFactory: () => new Docker() }] }, 'Docker', 'docker'],
    [
      'an asynchronous factory',
      { providers: [{ provide: 'd', useFactory: async () => new Docker() }] },
      'Docker',
      'docker',
    ],
    [
      'a factory whose product is a subclass',
      { providers: [{ provide: Docker, useFactory: () => new FastDocker() }] },
      'FastDocker',
      'docker',
    ],
    ['an alias', { providers: [Docker, { provide: 'd', useExisting: Docker }] }, 'Docker', 'docker'],
    [
      'an alias of an alias',
      { providers: [{ provide: 'a', useExisting: 'b' }, { provide: 'b', useExisting: Docker }, Docker] },
      'Docker',
      'docker',
    ],
    [
      'one value under two tokens',
      ((value) => ({
        providers: [
          { provide: 'a', useValue: value },
          { provide: 'b', useValue: value },
        ],
      }))(new Docker()),
      'Docker',
      'docker',
    ],
    ['a subclass without a name of its own', { providers: [FastDocker] }, 'FastDocker', 'docker'],
    ['a subclass with a name of its own', { providers: [Podman] }, 'Podman', 'podman'],
    ['a controller', { controllers: [Docker] }, 'Docker', 'docker'],
  ])('finds %s once', async (_name, metadata, owner, name) => {
    const { providers, refused } = await explore(metadata);
    expect(providers).toEqual([{ name, owner, instance: expect.any(Docker) }]);
    expect(refused).toEqual([]);
  });

  it.each<[string, ModuleMetadata, string, string, RegExp]>([
    ['request-scoped', { providers: [PerRequest] }, 'PerRequest', 'per-request', /request-scoped/],
    ['transient', { providers: [Transient] }, 'Transient', 'transient', /transient/],
    [
      'a request-scoped controller',
      { controllers: [RequestController] },
      'RequestController',
      'request-controller',
      /request-scoped/,
    ],
    [
      'request-scoped, with an alias',
      { providers: [PerRequest, { provide: 'alias', useExisting: PerRequest }] },
      'PerRequest',
      'per-request',
      /request-scoped/,
    ],
  ])('refuses what is %s, by class', async (_name, metadata, owner, name, reason) => {
    const { providers, refused } = await explore(metadata);
    expect(providers).toEqual([]);
    expect(refused).toEqual([{ name, owner, reason: expect.stringMatching(reason) }]);
  });

  it('refuses what is request-scoped through what it depends on', async () => {
    const { providers, refused } = await explore({ providers: [PerRequest, NeedsRequest] });
    expect(providers).toEqual([]);
    expect(refused.map(({ owner }) => owner)).toEqual(['PerRequest', 'NeedsRequest']);
  });

  it.each<[string, unknown]>([
    ['an object without a prototype', Object.create(null)],
    ['an object whose prototype has none', Object.create(Object.create(null) as object)],
    ['an object whose constructor is none', { constructor: 'text' }],
    ['null', null],
    ['a text', 'text'],
    ['a symbol', Symbol('value')],
    ['a function', () => undefined],
    ['a class', Docker],
    ['an array', [new Docker()]],
  ])('passes over a value that is %s', async (_name, value) => {
    expect(await explore({ providers: [{ provide: 'value', useValue: value }] })).toEqual({
      providers: [],
      refused: [],
    });
  });

  it('passes over what is not declared, whatever its scope', async () => {
    const perRequest = { provide: 'request', useClass: Plain, scope: Scope.REQUEST };
    expect(await explore({ providers: [Plain, perRequest] })).toEqual({ providers: [], refused: [] });
  });

  it('registers nothing, and finds the same every time', async () => {
    const explorer = (await boot({ providers: [Docker] })).get(ProviderExplorer, { strict: false });
    expect(explorer.explore()).toEqual(explorer.explore());
  });
});
