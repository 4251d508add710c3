import type { CheckContext } from '@vitals/core/health';

/** What a checker found. */
export interface HealthVerdict {
  readonly healthy: boolean;
  /** For people; credentials are redacted from it. */
  readonly message?: string;
}

/**
 * What a provider implements to be checked. It should give up when `context.signal` fires: at its deadline, when
 * the provider is unregistered, and when the app shuts down. Throwing and rejecting are the verdict unhealthy, with
 * what was thrown as the message; so is every answer that is no verdict.
 */
export interface HealthChecker {
  healthCheck(context: CheckContext): HealthVerdict | Promise<HealthVerdict>;
}

/** A checker that is but a function; for `ProviderHealthCache.register`. */
export type HealthCheck = HealthChecker['healthCheck'];
