import { Health, HealthComponent, HealthGroup, Liveness, Readiness, Startup, Wellness } from '../index.js';

/** Any decorator, as JavaScript and `any` let it be written. */
type Loose = (...args: unknown[]) => (...args: unknown[]) => void;

const DECORATORS = { Health, Liveness, Readiness, Startup, Wellness } as unknown as Record<string, Loose>;
const ALL = Object.entries({ ...DECORATORS, HealthGroup: (() => HealthGroup('g')) as unknown as Loose });

class Disk {
  check(): void {}
}
const method = Object.getOwnPropertyDescriptor(Disk.prototype, 'check');

describe.each(ALL)('@%s()', (name, decorator) => {
  it.each<[string, unknown[], RegExp]>([
    ['a class', [Disk], /on Disk: it is put on a class; put it on the method/],
    [
      'an arrow function in a property',
      [Disk.prototype, 'ping'],
      /on Disk\.ping: .*write a method, `ping\(\) { … }`/,
    ],
    ['a getter', [Disk.prototype, 'ok', { get: () => true }], /on Disk\.ok: .*not on a getter/],
    ['a static method', [Disk, 'check', method], /on Disk\.check: .*not on a static one/],
    ['a parameter', [Disk, undefined, 0], /on the constructor of Disk: it is put on a parameter/],
    ['a method of ECMAScript', [() => true, { kind: 'method', name: 'check' }], /"experimentalDecorators"/],
  ])('on %s is refused in a sentence that says where and what to write', (_where, args, message) => {
    const put = (): void => decorator()(...args);
    expect(put).toThrow(message);
    expect(put).toThrow(expect.objectContaining({ code: 'declaration-invalid' }) as Error);
    expect(put).toThrow(new RegExp(`^@${name}\\(\\) on `));
  });
});

describe.each(Object.entries({ ...DECORATORS, HealthGroup: HealthGroup as unknown as Loose }))(
  '@%s without parentheses',
  (name, decorator) => {
    it('is refused on a method, with what to write', () => {
      expect(() => decorator(Disk.prototype, 'check', method)).toThrow(
        `@${name} on Disk.check: it has no parentheses; write @${name}()`,
      );
    });

    it('is refused on a class and on a property', () => {
      expect(() => decorator(Disk)).toThrow(`@${name} on Disk: it is put on a class`);
      expect(() => decorator(Disk.prototype, 'ping')).toThrow(
        `@${name} on Disk.ping: it is put on a property`,
      );
    });
  },
);

describe('@HealthComponent', () => {
  const component = HealthComponent as unknown as Loose;
  const store = { name: 'store', type: 'state.redis' };

  it.each<[string, () => unknown, string]>([
    ['without parentheses', () => component(Disk), '@HealthComponent on Disk: it has no parentheses'],
    [
      'on a method',
      () => component(store)(Disk.prototype, 'check', method),
      '@HealthComponent() on Disk.check: it is put on a method; put it on the class',
    ],
    ['without options', () => component()(Disk), '@HealthComponent() on Disk: must be an object'],
    [
      'without a type',
      () => component({ name: 'store' })(Disk),
      "@HealthComponent() on Disk: type: is missing; give both, such as { name: 'txnstore', type: 'state.redis' }",
    ],
    [
      'with an unknown option',
      () => component({ ...store, critcal: true })(Disk),
      '@HealthComponent() on Disk: unknown option `critcal`; did you mean `critical`?',
    ],
  ])('%s is refused', (_how, put, message) => {
    expect(put).toThrow(message);
  });
});

describe('Options of a check', () => {
  it.each<[unknown, string]>([
    [{ timout: '1s' }, 'unknown option `timout`; did you mean `timeout`?'],
    [{ kind: 'readiness' }, 'unknown option `kind`; did you mean `kinds`?'],
    [{ timeout: '800' }, 'timeout: "800" is not a duration: it has no unit'],
    [{ failureThreshold: '2' }, 'failureThreshold: must be a whole number from 1 on; write 2 without quotes'],
    [{ critical: 'false' }, 'critical: must be true or false; write false without quotes'],
    [{ enabled: 'false' }, 'enabled: must be true or false; write false without quotes'],
    [{ external: 1 }, 'external: must be true or false'],
    [{ kinds: 'readiness' }, 'kinds: must be a list of kinds, such as ["readiness"]'],
    [
      { kinds: ['readyness'] },
      'kinds: "readyness" must be one of liveness, readiness, startup, wellness; did you mean `readiness`?',
    ],
    [{ groups: 'deep' }, 'groups: must be a list of names, such as ["deep"]'],
    [{ name: '' }, 'name: must be a text that is not empty'],
    [{ component: { name: 'store' } }, 'component: type: is missing'],
    [5, 'must be an object'],
    ['', 'name: must be a text that is not empty'],
  ])('%j are refused where they are written, by class and method', (options, message) => {
    for (const [name, decorator] of Object.entries(DECORATORS)) {
      expect(() => decorator(options)(Disk.prototype, 'check', method)).toThrow(
        `@${name}() on Disk.check: ${message}`,
      );
    }
  });

  it('are refused all at once', () => {
    const options = { timout: '1s', kinds: ['redy'], critical: 'no' };
    for (const [name, decorator] of Object.entries(DECORATORS))
      expect(() => decorator(options)(Disk.prototype, 'check', method)).toThrow(
        new RegExp(
          `^@${name}\\(\\) on Disk.check: 3 options are wrong:\\n  unknown option .*\\n  kinds: .*\\n  critical: .*$`,
        ),
      );
    expect(() => (HealthComponent as unknown as Loose)({ name: '' })(Disk)).toThrow(
      /2 options are wrong:\n {2}name: must be .*\n {2}type: is missing; .*$/,
    );
  });

  it.each([
    [[], 'give the name of a group'],
    [[['a', 'b']], 'groups: entry 1 must be a text'],
    [[''], 'groups: entry 1 must be a text'],
  ])('of @HealthGroup, %j, are refused too', (groups, message) => {
    const decorate = HealthGroup as unknown as Loose;
    expect(() => decorate(...groups)(Disk.prototype, 'check', method)).toThrow(
      `@HealthGroup() on Disk.check: ${message}`,
    );
  });
});

it('A decorator that this project compiles is refused on an arrow function in a property', () => {
  expect(() => {
    class Readings {
      @(Health() as never as PropertyDecorator)
      check = (): boolean => true;
    }
    return Readings;
  }).toThrow(/^@Health\(\) on Readings\.check: it is put on a property; write a method/);
});
