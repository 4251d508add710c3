/** The part of Nest's `InstanceWrapper` that tells what is declared on the class of a provider or controller. */
interface Wrapper {
  readonly isAlias?: boolean;
  readonly isTransient: boolean;
  readonly instance: unknown;
  readonly metatype: unknown;
  isDependencyTreeStatic(): boolean;
}

/** A provider or controller of Nest, as far as its class is known. */
export interface Discovered<W> {
  readonly wrapper: W;
  /** Where its methods are. */
  readonly prototype: object;
  /** Its class; `undefined` of an object that is made without one. */
  readonly owner: Function | undefined;
  /** Why it has no single instance that could be asked at any time; `undefined` if it has, once in all that is found. */
  readonly scopeFault: string | undefined;
}

/**
 * Walks over providers and controllers, each once under its own token. Left out are values that are no objects, objects
 * without a prototype, and request-scoped factories, whose class is not known.
 */
export function* discover<W extends Wrapper>(wrappers: Iterable<W>): Generator<Discovered<W>> {
  const seen = new Set<unknown>();
  for (const wrapper of wrappers) {
    if (wrapper.isAlias) continue;
    const { instance, metatype } = wrapper;
    const scopeFault = scopeFaultOf(wrapper);
    const prototype = scopeFault === undefined ? prototypeOf(instance) : prototypeOfClass(metatype);
    if (!prototype || (scopeFault === undefined && seen.has(instance))) continue;
    seen.add(instance);
    const owner: unknown = Object.hasOwn(prototype, 'constructor') ? prototype.constructor : undefined;
    yield { wrapper, prototype, owner: typeof owner === 'function' ? owner : undefined, scopeFault };
  }
}

function scopeFaultOf(wrapper: Wrapper): string | undefined {
  if (wrapper.isTransient) return 'its provider is transient, so every consumer has another instance';
  if (!wrapper.isDependencyTreeStatic())
    return 'its provider is request-scoped, so there is no instance outside a request';
  return undefined;
}

function prototypeOf(instance: unknown): object | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  return (Object.getPrototypeOf(instance) as object | null) ?? undefined;
}

function prototypeOfClass(metatype: unknown): object | undefined {
  return typeof metatype === 'function' ? (metatype.prototype as object | undefined) : undefined;
}
