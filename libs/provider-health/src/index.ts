export type { CheckContext } from '@vitals/core/health';
export type { HealthCheck, HealthChecker, HealthVerdict } from './declaration/health-checker.js';
export { HealthProvider } from './declaration/health-provider.decorator.js';
export { ProviderHealthCache } from './provider-health.cache.js';
export { ProviderHealthModule } from './provider-health.module.js';
export type { ProviderHealthModuleOptions } from './provider-health.module-options.js';
export {
  type ProviderStatus,
  providerStatusBody,
  type ProviderStatusBody,
} from './statuses/provider-status.js';
export type { ProviderHealthChange } from './statuses/status.board.js';
