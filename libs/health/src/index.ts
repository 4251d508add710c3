export {
  type Attribute,
  type Attributes,
  type CheckContext,
  type HealthKind,
  HealthStatus,
} from '@vitals/core/health';
export { AvailabilityState, BOOTSTRAP_TARGET, type ReadinessTarget } from './availability-state.js';
export {
  Health,
  HealthComponent,
  HealthGroup,
  Liveness,
  Readiness,
  Startup,
  Wellness,
} from './declaration/health.decorator.js';
export type { HealthComponentOptions, HealthOptions } from './declaration/health.options.js';
export { type CheckSelector, HealthRegistry, type RegisteredComponent } from './discovery/health.registry.js';
export { HealthModule } from './health.module.js';
export type { HealthEndpointPaths, HealthModuleOptions } from './health.module-options.js';
export { HealthService } from './health.service.js';
