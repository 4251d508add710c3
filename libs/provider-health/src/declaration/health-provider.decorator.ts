import { VitalsError } from '@vitals/core/errors';
import { decoratorFault, isDecoratorCall } from '@vitals/core/options';
import { declareProvider } from './health-provider.accessor.js';
import { faultOfName } from './provider-name.js';

/**
 * Makes an injectable a provider whose health is kept, under a name that is unique in the app. It is checked if it
 * implements `HealthChecker`. A subclass that declares no name has that of its base.
 * @throws VitalsError `declaration-invalid`, naming the class, if the name is no text, or empty, anywhere else than on
 *   a class, and without its parentheses
 */
export function HealthProvider(name: string): ClassDecorator;
export function HealthProvider(...given: unknown[]): ClassDecorator {
  if (isDecoratorCall(given)) refuse(decoratorFault('HealthProvider', given, 'class', true));
  const [name] = given;
  return (...args) => {
    refuse(decoratorFault('HealthProvider', args, 'class'));
    const [target] = args;
    const fault = faultOfName(name);
    if (fault !== undefined) refuse(`@HealthProvider() on ${target.name}: ${fault}`);
    declareProvider(target, name as string);
  };
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new VitalsError('declaration-invalid', fault);
}
