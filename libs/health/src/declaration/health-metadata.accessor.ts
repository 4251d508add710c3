import 'reflect-metadata';
import type { HealthComponentOptions, HealthOptions } from './health.options.js';

const CHECKS = Symbol.for('vitals:health:checks');
const COMPONENT = Symbol.for('vitals:health:component');

/** Name of the method → what it was declared with. */
export type DeclaredChecks = ReadonlyMap<string | symbol, HealthOptions>;

/**
 * Notes a declaration on the class, keyed by prototype and property and not on the function, so that a
 * subclass that overrides the method keeps the check. Declarations of one method add up: kinds, groups and
 * tags are united, of everything else the last one read (the topmost decorator) holds.
 */
export function declareCheck(prototype: object, method: string | symbol, options: HealthOptions): void {
  const own = new Map<string | symbol, HealthOptions>(
    Reflect.getOwnMetadata(CHECKS, prototype) as DeclaredChecks,
  );
  own.set(method, merge(own.get(method) ?? {}, options));
  Reflect.defineMetadata(CHECKS, own, prototype);
}

/** Notes that a class is a component. */
export function declareComponent(target: object, options: HealthComponentOptions): void {
  Reflect.defineMetadata(COMPONENT, options, target);
}

/** All checks of an object, those that its class inherits included; empty for what is no object. */
export function checksOf(prototype: object | null): DeclaredChecks {
  const declared = new Map<string | symbol, HealthOptions>();
  for (
    let level = prototype;
    level && level !== Object.prototype;
    level = Object.getPrototypeOf(level) as object
  ) {
    for (const [method, options] of (Reflect.getOwnMetadata(CHECKS, level) ?? []) as DeclaredChecks) {
      declared.set(method, merge(options, declared.get(method) ?? {}));
    }
  }
  return declared;
}

/** The component that a class, or the nearest class it inherits from, was marked as. */
export function componentOf(target: object): HealthComponentOptions | undefined {
  return Reflect.getMetadata(COMPONENT, target) as HealthComponentOptions | undefined;
}

function merge(first: HealthOptions, second: HealthOptions): HealthOptions {
  return {
    ...first,
    ...second,
    kinds: unite(first.kinds, second.kinds),
    groups: unite(first.groups, second.groups),
    tags: unite(first.tags, second.tags),
  };
}

function unite<T>(first: readonly T[] = [], second: readonly T[] = []): readonly T[] {
  return [...new Set([...first, ...second])];
}

/** Key of what `@Health()` leaves on a function; shared by both builds of this library, whatever bundlers call classes. */
const ANSWERS = Symbol.for('vitals:health:answers-check');

/** Notes that a route with this function answers its check. */
export function declareAnswer(handler: object): void {
  Reflect.defineMetadata(ANSWERS, true, handler);
}

/** Whether a route with this function answers its check. */
export function answersCheck(handler: object): boolean {
  return Reflect.hasMetadata(ANSWERS, handler);
}
