import 'reflect-metadata';
import { decoratorFault, isDecoratorCall, refuse, refuseFault } from '@vitals/core/options';

const NAME = Symbol.for('vitals:provider-health:name');

/**
 * Makes an injectable a provider whose health is kept, under a name that is unique in the app. It is checked if it
 * implements `HealthChecker`. A subclass that declares no name has that of its base.
 * @throws VitalsError `declaration-invalid`, naming the class, if the name is no text, or empty, anywhere else than on
 *   a class, and without its parentheses
 */
export function HealthProvider(name: string): ClassDecorator;
export function HealthProvider(...given: unknown[]): ClassDecorator {
  if (isDecoratorCall(given)) refuseFault(decoratorFault('HealthProvider', given, 'class', true));
  const [name] = given;
  return (...args) => {
    refuseFault(decoratorFault('HealthProvider', args, 'class'));
    const [target] = args;
    const fault = faultOfName(name);
    if (fault !== undefined) refuse(`@HealthProvider() on ${target.name}: ${fault}`);
    Reflect.defineMetadata(NAME, name, target);
  };
}

/** The name that a class, or the nearest class it inherits from, was declared with. */
export function providerNameOf(target: object): string | undefined {
  return Reflect.getMetadata(NAME, target) as string | undefined;
}

/** What is wrong with the name of a provider; `undefined` if it can be used. */
export function faultOfName(name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' ? undefined : 'the name must be a text that is not empty';
}
