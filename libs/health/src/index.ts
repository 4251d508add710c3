export {
  type Attribute,
  type Attributes,
  type CheckContext,
  type CheckResult,
  type ComponentState,
  type HealthDetail,
  type HealthKind,
  type HealthReport,
  type HealthState,
  HealthStatus,
} from '@vitals/core/health';
export {
  AvailabilityState,
  BOOTSTRAP_TARGET,
  type ReadinessTarget,
  SHUTDOWN_TARGET,
} from './availability-state.js';
export { Drain, warnWithoutShutdownHooks } from './drain.js';
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
export {
  type AvailabilityChange,
  type CheckChange,
  type HealthEventMap,
  HealthEvents,
} from './health.events.js';
export { HealthModule } from './health.module.js';
export type {
  CheckConfiguration,
  GroupConfiguration,
  HealthEndpointPaths,
  HealthFiles,
  HealthModuleOptions,
} from './health.module-options.js';
export { HealthService } from './health.service.js';
export { HealthAccess, type HealthCaller } from './http/health.access.js';
export type { HealthCors } from './http/cors.options.js';
export { HealthServer } from './http/serving/health.server.js';
export { RequestTurns } from './http/serving/request-turns.js';
export { dropUnread, MAX_UNREAD_MS } from './http/serving/unread-answers.js';
