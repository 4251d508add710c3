/** What a decorator may be put on. */
export type DecoratorPlace = 'method' | 'class';

/** Where a decorator was put, as a person calls it. */
type Kind = 'method' | 'class' | 'property' | 'accessor' | 'static member' | 'parameter';

/** The second argument of an ECMAScript decorator. */
interface EcmaScriptContext {
  readonly kind: string;
  readonly name?: string | symbol;
}

const INSTEAD: Readonly<Record<DecoratorPlace, Readonly<Record<Kind, string | undefined>>>> = {
  method: {
    method: undefined,
    class: 'it is put on a class; put it on the method of the class that is meant',
    property:
      'it is put on a property; write a method, `NAME() { … }`, and no function in a property, `NAME = () => { … }`',
    accessor: 'put it on a method of an instance, not on a getter or setter; write `NAME() { … }`',
    'static member':
      'put it on a method of an instance, not on a static one: an instance can use what is injected',
    parameter: 'it is put on a parameter; put it on a method of the class',
  },
  class: {
    method: 'it is put on a method; put it on the class',
    class: undefined,
    property: 'it is put on a property; put it on the class',
    accessor: 'it is put on a getter or setter; put it on the class',
    'static member': 'it is put on a static member; put it on the class',
    parameter: 'it is put on a parameter; put it on the class',
  },
};

/**
 * Whether the arguments of a decorator factory are those of a decorator: it was written without parentheses, so that
 * what it should be given is what it decorates.
 */
export function isDecoratorCall(args: readonly unknown[]): boolean {
  const [target, key] = args;
  if (typeof target === 'function') return true;
  return args.length > 1 && ((typeof target === 'object' && target !== null) || isContext(key));
}

/**
 * What is wrong with the place of a decorator, and what to write instead; `undefined` if it is in its place.
 * @param decorator as it is written, without `@` and parentheses
 * @param args what it was called with
 * @param bare whether it was written without parentheses, which is wrong in any place
 */
export function decoratorFault(
  decorator: string,
  args: readonly unknown[],
  place: DecoratorPlace,
  bare = false,
): string | undefined {
  const written = bare ? `@${decorator}` : `@${decorator}()`;
  const [target, key] = args;
  if (isContext(key)) {
    const name = String(key.name ?? 'a class');
    return `${written} on ${name}: it is compiled as an ECMAScript decorator, with which Nest does not work; set "experimentalDecorators" and "emitDecoratorMetadata" to true in tsconfig.json`;
  }
  const kind = kindOf(args);
  const where = placeName(target, key, kind);
  const instead = INSTEAD[place][kind]?.replaceAll('NAME', String(key));
  if (instead !== undefined) return `${written} on ${where}: ${instead}`;
  return bare ? `${written} on ${where}: it has no parentheses; write @${decorator}()` : undefined;
}

function kindOf([target, key, descriptor]: readonly unknown[]): Kind {
  if (typeof descriptor === 'number') return 'parameter';
  if (key === undefined) return 'class';
  if (typeof target === 'function') return 'static member';
  // a compiler that keeps initializers calls a property with a descriptor of its own
  if (typeof descriptor !== 'object' || descriptor === null || 'initializer' in descriptor) return 'property';
  if ('get' in descriptor || 'set' in descriptor) return 'accessor';
  return 'value' in descriptor && typeof descriptor.value === 'function' ? 'method' : 'property';
}

function placeName(target: unknown, key: unknown, kind: Kind): string {
  const owner = typeof target === 'function' ? target : (target as object | null | undefined)?.constructor;
  const name = owner?.name || 'a class without a name';
  if (key !== undefined) return `${name}.${String(key as string | symbol)}`;
  return kind === 'parameter' ? `the constructor of ${name}` : name;
}

function isContext(value: unknown): value is EcmaScriptContext {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
