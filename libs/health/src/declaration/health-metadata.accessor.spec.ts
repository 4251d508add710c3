import { HealthStatus } from '@vitals/core/health';
import {
  Health,
  HealthComponent,
  HealthGroup,
  Liveness,
  Readiness,
  Startup,
  Wellness,
} from './health.decorator.js';
import { checksOf, componentOf } from './health-metadata.accessor.js';

@HealthComponent({ name: 'disk', type: 'storage.local' })
class Disk {
  @Health({ name: 'disk', kinds: ['readiness'], tags: ['storage'], timeout: '2s' })
  check(): HealthStatus {
    return HealthStatus.up();
  }

  undeclared(): void {}
}

const declaredBy = (type: { prototype: object }) => Object.fromEntries(checksOf(type.prototype));

describe('declared checks', () => {
  it('are read with what they were declared with, and nothing undeclared is', () => {
    expect(declaredBy(Disk)).toEqual({
      check: { name: 'disk', kinds: ['readiness'], tags: ['storage'], groups: [], timeout: '2s' },
    });
  });

  it('are kept by a subclass that overrides the method without a decorator', () => {
    class FastDisk extends Disk {
      override check(): HealthStatus {
        return HealthStatus.down();
      }
    }
    expect(declaredBy(FastDisk)).toEqual(declaredBy(Disk));
  });

  it('of a subclass add to those of its base, and leave the base as it was', () => {
    class FastDisk extends Disk {
      @Liveness({ name: 'fast', tags: ['fast'] })
      override check(): HealthStatus {
        return HealthStatus.up();
      }

      @Health()
      another(): void {}
    }
    expect(declaredBy(FastDisk)).toEqual({
      check: {
        name: 'fast',
        kinds: ['readiness', 'liveness'],
        tags: ['storage', 'fast'],
        groups: [],
        timeout: '2s',
      },
      another: { kinds: [], tags: [], groups: [] },
    });
    expect(declaredBy(Disk)['check']).toMatchObject({ name: 'disk', kinds: ['readiness'] });
    expect(Object.keys(declaredBy(Disk))).toEqual(['check']);
  });

  it('of one method combine: kinds, groups and tags unite, of the rest the topmost holds', () => {
    class Combined {
      @Liveness('top')
      @Readiness({ name: 'bottom', timeout: '1s' })
      @HealthGroup('a')
      @HealthGroup('b', 'a')
      check(): void {}
    }
    expect(declaredBy(Combined)['check']).toEqual({
      name: 'top',
      timeout: '1s',
      kinds: ['readiness', 'liveness'],
      groups: ['b', 'a'],
      tags: [],
    });
  });

  it.each([
    ['Liveness', Liveness, 'liveness'],
    ['Readiness', Readiness, 'readiness'],
    ['Startup', Startup, 'startup'],
    ['Wellness', Wellness, 'wellness'],
  ])('@%s adds its kind to those that are given', (_name, decorator, kind) => {
    class Checked {
      @decorator()
      bare(): void {}

      @decorator('named')
      named(): void {}

      @decorator({ kinds: ['startup'] })
      further(): void {}
    }
    expect(declaredBy(Checked)).toMatchObject({
      bare: { kinds: [kind] },
      named: { name: 'named', kinds: [kind] },
      further: { kinds: [...new Set(['startup', kind])] },
    });
  });

  it('may be keyed by a symbol', () => {
    const ping = Symbol('ping');
    class Pinged {
      @Health()
      [ping](): void {}
    }
    expect([...checksOf(Pinged.prototype).keys()]).toEqual([ping]);
  });

  it.each([
    ['nothing', null],
    ['the prototype of plain objects', Object.prototype],
    ['an object without a prototype', Object.create(null) as object],
  ])('are none for %s', (_name, prototype) => {
    expect(checksOf(prototype).size).toBe(0);
  });
});

describe('a declaration that cannot be honoured', () => {
  it('is refused on a static method, by name', () => {
    const declare = () => {
      class Static {
        @Health()
        static check(): void {}
      }
      return Static;
    };
    expect(declare).toThrow(/@Health\(\) on Static\.check: put it on a method of an instance/);
  });

  it('is refused on an accessor, by name', () => {
    const declare = () => {
      class Accessor {
        @Liveness()
        get check(): boolean {
          return true;
        }
      }
      return Accessor;
    };
    expect(declare).toThrow(/@Liveness\(\) on Accessor\.check/);
  });
});

describe('a declared component', () => {
  it('is read from the class and from those that inherit it', () => {
    class FastDisk extends Disk {}
    expect(componentOf(FastDisk)).toEqual({ name: 'disk', type: 'storage.local' });
  });

  it('is none where none was declared', () => {
    expect(componentOf(class Plain {})).toBeUndefined();
  });
});
