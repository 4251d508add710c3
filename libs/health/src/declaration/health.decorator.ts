import { applyDecorators, UseInterceptors } from '@nestjs/common';
import type { HealthKind } from '@vitals/core/health';
import { decoratorFault, isDecoratorCall, refuseFault, refuseOptions } from '@vitals/core/options';
import { HealthRouteInterceptor } from '../http/health-route.interceptor.js';
import {
  faultOfCheck,
  faultOfComponent,
  type HealthComponentOptions,
  type HealthOptions,
} from './health.options.js';
import { declareAnswer, declareCheck, declareComponent } from './health-metadata.accessor.js';

/** How `@Health` and its like are written: with a name, with options, or with nothing between the parentheses. */
type CheckDecorator = (options?: string | HealthOptions) => MethodDecorator;

/**
 * Makes a method of a provider or controller a health check. It may return a `HealthStatus`, a boolean,
 * nothing, a terminus indicator result, or a promise or observable of these. On a controller method that also
 * carries a route, the route answers this one check.
 * @throws VitalsError `declaration-invalid`, naming class and method, anywhere else than on a method of an instance,
 *   without its parentheses, and with an option that is wrong
 */
export const Health = checkDecorator('Health');
/** `@Health` for liveness: should this process be restarted? */
export const Liveness = checkDecorator('Liveness', 'liveness');
/** `@Health` for readiness: may this process be sent work? */
export const Readiness = checkDecorator('Readiness', 'readiness');
/** `@Health` for startup: has this process finished starting? */
export const Startup = checkDecorator('Startup', 'startup');
/** `@Health` for wellness: what people should look at, though no probe acts on it. */
export const Wellness = checkDecorator('Wellness', 'wellness');

/** Puts a check in a group that is asked at `/health/group/<name>`; may be repeated. */
export function HealthGroup(...groups: string[]): MethodDecorator {
  refuseBare('HealthGroup', groups, 'method');
  return declare('HealthGroup', { groups }, groups.length === 0 ? 'give the name of a group' : undefined);
}

/**
 * Marks a provider class as a component, which `healthz?components=true` accounts for. Its ping is its first
 * method that carries `@Health()`; without one it is reported as having none.
 * @throws VitalsError `declaration-invalid`, naming the class, if it is used in another way
 */
export function HealthComponent(options: HealthComponentOptions): ClassDecorator;
export function HealthComponent(...given: [HealthComponentOptions, ...unknown[]]): ClassDecorator {
  refuseBare('HealthComponent', given, 'class');
  const [options] = given;
  return (...args) => {
    refuseFault(decoratorFault('HealthComponent', args, 'class'));
    const [target] = args;
    const fault = faultOfComponent(options);
    if (fault !== undefined) refuseOptions(`@HealthComponent() on ${target.name}`, fault);
    declareComponent(target, options);
  };
}

function checkDecorator(decorator: string, kind?: HealthKind): CheckDecorator {
  return (...args) => {
    refuseBare(decorator, args, 'method');
    const [options = {}] = args;
    const given = typeof options === 'string' ? { name: options } : options;
    const fault = faultOfCheck(given);
    if (fault !== undefined || kind === undefined) return declare(decorator, given, fault);
    return declare(decorator, { ...given, kinds: [...(given.kinds ?? []), kind] });
  };
}

function declare(decorator: string, options: HealthOptions, fault = faultOfCheck(options)): MethodDecorator {
  return (...args) => {
    refuseFault(decoratorFault(decorator, args, 'method'));
    const [target, method, descriptor] = args;
    if (fault !== undefined)
      refuseOptions(`@${decorator}() on ${target.constructor.name}.${String(method)}`, fault);
    declareCheck(target, method, options);
    applyDecorators(UseInterceptors(HealthRouteInterceptor))(target, method, descriptor);
    declareAnswer(descriptor.value as object);
  };
}

/** Without parentheses a decorator is given what it decorates in place of its own arguments. */
function refuseBare(decorator: string, args: readonly unknown[], place: 'method' | 'class'): void {
  if (isDecoratorCall(args)) refuseFault(decoratorFault(decorator, args, place, true));
}
