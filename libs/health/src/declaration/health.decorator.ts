import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { HealthKind } from '@vitals/core/health';
import { HealthRouteInterceptor } from '../http/health-route.interceptor.js';
import type { HealthComponentOptions, HealthOptions } from './health.options.js';
import { declareCheck, declareComponent } from './health-metadata.accessor.js';

/**
 * Makes a method of a provider or controller a health check. It may return a `HealthStatus`, a boolean,
 * nothing, a terminus indicator result, or a promise or observable of these. On a controller method that also
 * carries a route, the route answers this one check.
 * @throws VitalsError `declaration-invalid` on a static method
 */
export function Health(options: string | HealthOptions = {}): MethodDecorator {
  return declare('Health', typeof options === 'string' ? { name: options } : options);
}

/** `@Health` for liveness: should this process be restarted? */
export const Liveness = forKind('Liveness', 'liveness');
/** `@Health` for readiness: may this process be sent work? */
export const Readiness = forKind('Readiness', 'readiness');
/** `@Health` for startup: has this process finished starting? */
export const Startup = forKind('Startup', 'startup');
/** `@Health` for wellness: what people should look at, though no probe acts on it. */
export const Wellness = forKind('Wellness', 'wellness');

/** Puts a check in a group that is asked at `/health/group/<name>`; may be repeated. */
export function HealthGroup(...groups: string[]): MethodDecorator {
  return declare('HealthGroup', { groups });
}

/**
 * Marks a provider class as a component, which `healthz?components=true` accounts for. Its ping is its first
 * method that carries `@Health()`; without one it is reported as having none.
 */
export function HealthComponent(options: HealthComponentOptions): ClassDecorator {
  return (target) => declareComponent(target, options);
}

function forKind(decorator: string, kind: HealthKind): (options?: string | HealthOptions) => MethodDecorator {
  return (options) => {
    const given = typeof options === 'string' ? { name: options } : (options ?? {});
    return declare(decorator, { ...given, kinds: [...(given.kinds ?? []), kind] });
  };
}

function declare(decorator: string, options: HealthOptions): MethodDecorator {
  return (target, method, descriptor) => {
    if (typeof target === 'function' || typeof descriptor.value !== 'function') {
      const owner = typeof target === 'function' ? target.name : target.constructor.name;
      throw new VitalsError(
        'declaration-invalid',
        `@${decorator}() on ${owner}.${String(method)}: put it on a method of an instance, not on a static or an accessor`,
      );
    }
    declareCheck(target, method, options);
    applyDecorators(UseInterceptors(HealthRouteInterceptor))(target, method, descriptor);
  };
}
