import 'reflect-metadata';

const NAME = Symbol.for('vitals:provider-health:name');

/** Notes the name under which the health of a class is kept. */
export function declareProvider(target: object, name: string): void {
  Reflect.defineMetadata(NAME, name, target);
}

/** The name that a class, or the nearest class it inherits from, was declared with. */
export function providerNameOf(target: object): string | undefined {
  return Reflect.getMetadata(NAME, target) as string | undefined;
}
