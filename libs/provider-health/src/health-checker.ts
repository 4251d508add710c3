import { type CheckContext, failureReason, redact } from '@vitals/core/health';

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

/** What a provider said of itself, redacted; `undefined` if it does not implement `HealthChecker`. */
export type Answer = { readonly healthy: boolean; readonly message: string } | undefined;

/** Asks a provider for its verdict. Never rejects: whatever is no verdict is unhealthy, and the message says why. */
export async function ask(provider: object, context: CheckContext): Promise<Answer> {
  try {
    const check = checkOf(provider);
    return check && readVerdict(await check.call(provider, context));
  } catch (error) {
    return unhealthy(failureReason(error));
  }
}

function checkOf(provider: object): HealthCheck | undefined {
  const { healthCheck } = provider as { readonly healthCheck?: unknown };
  if (healthCheck === undefined || healthCheck === null) {
    return typeof provider === 'function' ? (provider as HealthCheck) : undefined;
  }
  if (typeof healthCheck !== 'function') throw new TypeError('healthCheck is not a method');
  return healthCheck as HealthCheck;
}

/** Members are read once: what they are made by may answer differently the next time. */
function readVerdict(value: unknown): Answer {
  if (typeof value !== 'object' || value === null) {
    return unhealthy(`healthCheck returned ${describe(value)}, not { healthy, message }`);
  }
  const { healthy, message } = value as { readonly healthy?: unknown; readonly message?: unknown };
  if (typeof healthy !== 'boolean') {
    return unhealthy('healthCheck returned an object whose `healthy` is neither true nor false');
  }
  if (message === undefined || message === null || message === '') {
    return healthy ? { healthy, message: '' } : unhealthy('unhealthy, without saying why');
  }
  if (typeof message !== 'string') return unhealthy('healthCheck returned a `message` that is not a string');
  return { healthy, message: redact(message) };
}

function unhealthy(reason: string): Answer {
  return { healthy: false, message: redact(reason) };
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}
