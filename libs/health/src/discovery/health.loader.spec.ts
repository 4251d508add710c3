import { Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { boot, checkClass, idsOf, recordingLogger } from '../../test/health-app.js';
import {
  Health,
  HealthComponent,
  HealthGroup,
  Liveness,
  Readiness,
} from '../declaration/health.decorator.js';
import { HealthService } from '../health.service.js';
import { HealthRegistry } from './health.registry.js';

@Injectable()
class Disk {
  readonly free: number = 5;

  @Health()
  check(): boolean {
    return this.free > 0;
  }
}

class FullDisk extends Disk {
  override readonly free = 0;
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @Health()
  check(): void {}
}

@Injectable()
class NeedsRequest {
  constructor(@Inject(PerRequest) readonly dependency: PerRequest) {}

  @Health()
  first(): void {}

  @Health()
  second(): void {}
}

@HealthComponent({ name: 'cache', type: 'state' })
@Injectable({ scope: Scope.TRANSIENT })
class TransientComponent {}

function moduleOf(name: string, ...providers: Type[]): Type {
  const type = { [name]: class {} }[name] as Type;
  Module({ providers })(type);
  return type;
}

describe('HealthLoader', () => {
  it('calls the method on its instance', async () => {
    const app = await boot({ providers: [Disk, FullDisk] });
    const { checks } = await app.get(HealthService).report();
    expect(checks.map(({ name, state }) => [name, state])).toEqual([
      ['Disk#check', 'UP'],
      ['FullDisk#check', 'DOWN'],
    ]);
  });

  it('calls the method that a subclass overrides', async () => {
    class Overriding extends Disk {
      override check(): boolean {
        return false;
      }
    }
    const app = await boot({ providers: [Overriding] });
    expect((await app.get(HealthService).report()).checks).toMatchObject([
      { id: 'Overriding#check', state: 'DOWN' },
    ]);
  });

  it('puts the module before the identities of a class that two modules provide', async () => {
    const ids = await idsOf({
      imports: [moduleOf('Left', Disk), moduleOf('Right', Disk)],
      providers: [FullDisk],
    });
    expect(ids.sort()).toEqual(['FullDisk#check', 'Left:Disk#check', 'Right:Disk#check']);
  });

  it('numbers the identities of a class that two modules of the same name provide', async () => {
    const ids = await idsOf({ imports: [moduleOf('Same', Disk), moduleOf('Same', Disk)] });
    expect(ids.sort()).toEqual(['Same:Disk#check', 'Same:Disk#check(2)']);
  });

  it('fails the boot when an id is given twice', async () => {
    const providers = [
      checkClass({ id: 'twice' }, () => true, 'First'),
      checkClass({ id: 'twice' }, () => true, 'Second'),
    ];
    await expect(boot({ providers })).rejects.toThrow(
      'two health checks have the id "twice": First#check in App and Second#check in App; give each its own',
    );
  });

  it('fails the boot for a liveness check that is external, and explains why', async () => {
    const providers = [checkClass({ kinds: ['liveness'], external: true }, () => true, 'Db')];
    await expect(boot({ providers })).rejects.toThrow(
      /Db#check: it is marked external and for liveness: .*no restart would help/,
    );
  });

  it('warns of a provider without a single instance, by class and method, and boots without it', async () => {
    const { lines, logger } = recordingLogger();
    expect(await idsOf({ providers: [PerRequest, NeedsRequest, TransientComponent, Disk], logger })).toEqual([
      'Disk#check',
    ]);
    expect(lines.warn).toEqual([
      expect.stringMatching(/^PerRequest#check is not a health check: .*request-scoped/),
      expect.stringMatching(
        /^NeedsRequest#first, NeedsRequest#second is not a health check: .*request-scoped/,
      ),
      expect.stringMatching(/^TransientComponent is not a health check: .*transient/),
    ]);
  });

  it('makes one check of a method with two kinds, and runs it once', async () => {
    let runs = 0;
    class Both {
      @Liveness()
      @Readiness('both')
      @HealthGroup('g')
      check(): void {
        runs++;
      }
    }
    const service = (await boot({ providers: [Both] })).get(HealthService);
    const { checks } = await service.report();
    expect(checks).toMatchObject([{ name: 'both', kinds: ['readiness', 'liveness'] }]);
    expect(runs).toBe(1);
    for (const selector of [{ kind: 'liveness' }, { kind: 'readiness' }, { group: 'g' }] as const) {
      expect((await service.report(selector)).checks).toHaveLength(1);
    }
  });

  it('leaves out what is not enabled, which changes no identity of others', async () => {
    for (const enabled of [true, false]) {
      const other = checkClass({ enabled }, () => true, 'Disk');
      expect(await idsOf({ providers: [other, Disk] })).toContain('App:Disk#check(2)');
    }
    expect(await idsOf({ providers: [checkClass({ enabled: false }, () => true)] })).toEqual([]);
  });

  it('names a component that cannot be asked as one without a ping', async () => {
    const registry = (await boot({ providers: [TransientComponent] })).get(HealthRegistry);
    expect(registry.components()).toMatchObject([{ name: 'cache', type: 'state', ping: undefined }]);
  });

  it('takes the first check of a component for its ping, and none that pings another', async () => {
    @HealthComponent({ name: 'store', type: 'state.redis' })
    class Store {
      @Health({ component: { name: 'replica', type: 'state.redis' } })
      replica(): void {}

      @Health()
      ping(): void {}

      @Health()
      other(): void {}
    }
    @HealthComponent({ name: 'bare', type: 'state' })
    class Bare {}
    const registry = (await boot({ providers: [Store, Bare] })).get(HealthRegistry);
    expect(registry.components().map(({ name, ping }) => [name, ping?.id])).toEqual([
      ['replica', 'Store#replica'],
      ['store', 'Store#ping'],
      ['bare', undefined],
    ]);
  });

  it('fails the boot when two components have one identity', async () => {
    const component = { name: 'store', type: 'state.redis' };
    const classes = ['Orders', 'Prices'].map((name) => {
      const type = { [name]: class {} }[name] as Type;
      HealthComponent(component)(type);
      return type;
    });
    await expect(boot({ providers: classes })).rejects.toThrow(
      'two components have the type state.redis and the name store: Orders and Prices; identity is both together, give one of them another name',
    );
    const pings = ['Orders', 'Prices'].map((name) => checkClass({ component }, () => true, name));
    await expect(boot({ providers: pings })).rejects.toThrow(
      'two components have the type state.redis and the name store: Orders#check and Prices#check; identity is both together',
    );
  });
});
