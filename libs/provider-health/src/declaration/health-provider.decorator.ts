import { VitalsError } from '@vitals/core/errors';
import { declareProvider } from './health-provider.accessor.js';
import { faultOfName } from './provider-name.js';

/**
 * Makes an injectable a provider whose health is kept, under a name that is unique in the app. It is checked if it
 * implements `HealthChecker`. A subclass that declares no name has that of its base.
 * @throws VitalsError `declaration-invalid` if the name is no text, or empty
 */
export function HealthProvider(name: string): ClassDecorator {
  return (target) => {
    const fault = faultOfName(name);
    if (fault !== undefined) {
      throw new VitalsError('declaration-invalid', `@HealthProvider() on ${target.name}: ${fault}`);
    }
    declareProvider(target, name);
  };
}
