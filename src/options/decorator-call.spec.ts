import { decoratorFault, isDecoratorCall } from './decorator-call.js';

class Disk {
  check(): void {}
}

const method = Object.getOwnPropertyDescriptor(Disk.prototype, 'check');
const getter = { get: () => true, configurable: true };
const context = { kind: 'method', name: 'check', static: false, private: false, metadata: {} };

describe('A decorator of a method', () => {
  it('is in its place on a method', () => {
    expect(decoratorFault('Health', [Disk.prototype, 'check', method], 'method')).toBeUndefined();
  });

  it.each<[string, unknown[], string]>([
    ['a class', [Disk], 'Disk: it is put on a class; put it on the method'],
    [
      'an arrow function in a property',
      [Disk.prototype, 'check'],
      'Disk.check: it is put on a property; write a method, `check() { … }`',
    ],
    ['the same as SWC calls it', [Disk.prototype, 'check', undefined], 'Disk.check: it is put on a property'],
    [
      'the same as Babel calls it',
      [Disk.prototype, 'check', { initializer: () => () => true }],
      'Disk.check: it is put on a property',
    ],
    [
      'a getter',
      [Disk.prototype, 'check', getter],
      'Disk.check: put it on a method of an instance, not on a getter',
    ],
    [
      'a static method',
      [Disk, 'check', method],
      'Disk.check: put it on a method of an instance, not on a static one',
    ],
    [
      'a parameter of the constructor',
      [Disk, undefined, 0],
      'the constructor of Disk: it is put on a parameter',
    ],
    ['a parameter of a method', [Disk.prototype, 'check', 0], 'Disk.check: it is put on a parameter'],
    [
      'a symbol that is a property',
      [Disk.prototype, Symbol('ping')],
      'Disk.Symbol(ping): it is put on a property',
    ],
    ['a class without a name', [class {}], 'a class without a name: it is put on a class'],
  ])('is refused on %s', (_what, args, message) => {
    expect(decoratorFault('Health', args, 'method')).toContain(`@Health() on ${message}`);
  });

  it.each([
    ['a method', [() => true, context]],
    ['a field', [undefined, { ...context, kind: 'field' }]],
    ['a class', [Disk, { kind: 'class', name: 'check', metadata: {} }]],
  ])('is refused as an ECMAScript decorator of %s, with the setting that helps', (_what, args) => {
    expect(decoratorFault('Health', args, 'method')).toMatch(
      /^@Health\(\) on check: it is compiled as an ECMAScript decorator.*"experimentalDecorators"/,
    );
  });
});

describe('A decorator of a class', () => {
  it('is in its place on a class', () => {
    expect(decoratorFault('HealthComponent', [Disk], 'class')).toBeUndefined();
  });

  it.each<[string, unknown[]]>([
    ['a method', [Disk.prototype, 'check', method]],
    ['a property', [Disk.prototype, 'check']],
    ['a getter', [Disk.prototype, 'check', getter]],
    ['a static member', [Disk, 'check', method]],
    ['a parameter', [Disk, undefined, 1]],
  ])('is refused on %s', (_what, args) => {
    expect(decoratorFault('HealthComponent', args, 'class')).toMatch(/Disk.*; put it on the class$/);
  });
});

describe('A decorator without parentheses', () => {
  it.each<[string, unknown[]]>([
    ['a method', [Disk.prototype, 'check', method]],
    ['a class', [Disk]],
    ['an ECMAScript method', [() => true, context]],
    ['an ECMAScript field', [undefined, { ...context, kind: 'field' }]],
  ])('is known by its arguments on %s', (_what, args) => {
    expect(isDecoratorCall(args)).toBe(true);
  });

  it.each<[unknown[]]>([[[]], [['name']], [[{ name: 'x' }]], [['a', 'b']], [[undefined]], [[5]]])(
    'is not %j, which are arguments of its own',
    (args) => {
      expect(isDecoratorCall(args)).toBe(false);
    },
  );

  it('is refused in its place, with what to write', () => {
    expect(decoratorFault('Health', [Disk.prototype, 'check', method], 'method', true)).toBe(
      '@Health on Disk.check: it has no parentheses; write @Health()',
    );
  });
});
