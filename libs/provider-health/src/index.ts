export type { CheckContext } from '@vitals/core/health';
export type { HealthCheck, HealthChecker, HealthVerdict } from './health-checker.js';
export { HealthProvider } from './health-provider.decorator.js';
export { ProviderHealthCache } from './provider-health.cache.js';
export { ProviderHealthModule } from './provider-health.module.js';
export type { ProviderHealthModuleOptions } from './provider-health.settings.js';
export { type ProviderStatus, providerStatusBody, type ProviderStatusBody } from './provider-status.js';
export type { ProviderHealthChange } from './status.board.js';
