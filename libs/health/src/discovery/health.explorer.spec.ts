import { Controller, Inject, Injectable, type ModuleMetadata, type Provider, Scope } from '@nestjs/common';
import { boot } from '../../test/health-app.js';
import { Health, HealthComponent } from '../declaration/health.decorator.js';
import { HealthExplorer } from './health.explorer.js';

@Controller()
@HealthComponent({ name: 'disk', type: 'storage' })
class Disk {
  @Health('disk')
  check(): void {}
}

class FastDisk extends Disk {
  override check(): void {}
}

@Injectable()
class Plain {
  check(): void {}
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @Health()
  first(): void {}

  @Health()
  second(): void {}
}

@Injectable()
class NeedsRequest {
  constructor(@Inject(PerRequest) readonly dependency: PerRequest) {}

  @Health()
  check(): void {}
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  @Health()
  check(): void {}
}

@Controller({ scope: Scope.REQUEST })
class RequestController {
  @Health()
  check(): void {}
}

async function explore(metadata: ModuleMetadata) {
  return (await boot(metadata)).get(HealthExplorer).explore();
}

describe('HealthExplorer', () => {
  it.each<[string, ModuleMetadata, string]>([
    ['a class', { providers: [Disk] }, 'Disk'],
    ['a class under another token', { providers: [{ provide: 'disk', useClass: Disk }] }, 'Disk'],
    ['a value', { providers: [{ provide: 'disk', useValue: new Disk() }] }, 'Disk'],
    ['a factory', { providers: [{ provide: 'disk', useFactory: () => new Disk() }] }, 'Disk'],
    [
      'an asynchronous factory',
      { providers: [{ provide: 'disk', useFactory: async () => new Disk() }] },
      'Disk',
    ],
    [
      'a factory whose product is a subclass',
      { providers: [{ provide: Disk, useFactory: () => new FastDisk() }] },
      'FastDisk',
    ],
    ['an alias', { providers: [Disk, { provide: 'disk', useExisting: Disk }] }, 'Disk'],
    [
      'an alias of an alias',
      {
        providers: [{ provide: 'a', useExisting: 'b' }, { provide: 'b', useExisting: Disk }, Disk],
      },
      'Disk',
    ],
    [
      'one value under two tokens',
      ((value) => ({
        providers: [
          { provide: 'a', useValue: value },
          { provide: 'b', useValue: value },
        ],
      }))(new Disk()),
      'Disk',
    ],
    ['a subclass that overrides the method', { providers: [FastDisk] }, 'FastDisk'],
    ['a controller', { controllers: [Disk] }, 'Disk'],
  ])('finds the check and the component of %s once', async (_name, metadata, owner) => {
    const { checks, components, refused } = await explore(metadata);
    expect(checks).toEqual([
      {
        instance: expect.any(Disk),
        owner,
        module: 'App',
        token: expect.any(String),
        method: 'check',
        options: expect.objectContaining({ name: 'disk' }),
      },
    ]);
    expect(components).toEqual([
      { instance: checks[0]?.instance, options: { name: 'disk', type: 'storage' } },
    ]);
    expect(refused).toEqual([]);
  });

  it.each<[string, Provider, string]>([
    ['a class', Disk, 'Disk'],
    ['a text', { provide: 'spare', useValue: new Disk() }, 'spare'],
    ['a symbol', { provide: Symbol('disk'), useFactory: () => new Disk() }, 'Symbol(disk)'],
    ['another class', { provide: Disk, useClass: FastDisk }, 'Disk'],
  ])('says which token a module provides a check under: %s', async (_what, provider, token) => {
    const { checks } = await explore({ providers: [provider] });
    expect(checks.map((check) => check.token)).toEqual([token]);
  });

  it.each<[string, ModuleMetadata, string, string[], RegExp]>([
    [
      'request-scoped provider',
      { providers: [PerRequest] },
      'PerRequest',
      ['first', 'second'],
      /request-scoped/,
    ],
    ['transient provider', { providers: [Transient] }, 'Transient', ['check'], /transient/],
    [
      'request-scoped controller',
      { controllers: [RequestController] },
      'RequestController',
      ['check'],
      /request-scoped/,
    ],
    [
      'request-scoped provider with an alias',
      { providers: [PerRequest, { provide: 'alias', useExisting: PerRequest }] },
      'PerRequest',
      ['first', 'second'],
      /request-scoped/,
    ],
  ])('refuses a %s, by class and method', async (_name, metadata, owner, methods, reason) => {
    const { checks, refused } = await explore(metadata);
    expect(checks).toEqual([]);
    expect(refused).toEqual([
      { owner, methods, prototype: expect.any(Object), reason: expect.stringMatching(reason) },
    ]);
  });

  it('refuses a provider that is request-scoped through what it depends on', async () => {
    const { checks, refused } = await explore({ providers: [PerRequest, NeedsRequest] });
    expect(checks).toEqual([]);
    expect(refused).toContainEqual({
      owner: 'NeedsRequest',
      methods: ['check'],
      prototype: NeedsRequest.prototype,
      reason: expect.stringMatching(/request-scoped/),
    });
  });

  it.each<[string, unknown]>([
    ['an object without a prototype', Object.create(null)],
    ['an object whose prototype has none', Object.create(Object.create(null) as object)],
    ['an object whose constructor is none', { constructor: 'text' }],
    ['null', null],
    ['a text', 'text'],
    ['a number', 0],
    ['a symbol', Symbol('value')],
    ['a function', () => undefined],
    ['a class', Disk],
    ['an array', [new Disk()]],
  ])('passes over a value that is %s', async (_name, value) => {
    expect(await explore({ providers: [{ provide: 'value', useValue: value }] })).toEqual({
      checks: [],
      components: [],
      refused: [],
    });
  });

  it('passes over providers that declare nothing, whatever their scope', async () => {
    const { checks, refused } = await explore({
      providers: [Plain, { provide: 'request', useClass: Plain, scope: Scope.REQUEST }],
    });
    expect([checks, refused]).toEqual([[], []]);
  });

  it('returns the same records every time it is asked, and registers nothing', async () => {
    const explorer = (await boot({ providers: [Disk] })).get(HealthExplorer);
    expect(explorer.explore()).toEqual(explorer.explore());
  });
});
