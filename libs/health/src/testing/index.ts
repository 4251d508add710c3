export { HealthTesting, type ProviderOverriding } from './health-testing.js';
