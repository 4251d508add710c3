import { formatTimestamp } from '@vitals/core/time';

/** What is told of a provider that has no `HealthChecker`; in the words of the Go package of which this is a port. */
export const NOT_CHECKED = 'does not implement HealthChecker';

/** The last known health of one provider; immutable. */
export interface ProviderStatus {
  readonly name: string;
  readonly healthy: boolean;
  /** Why it is not healthy, or what the checker had to say; redacted. */
  readonly message: string;
  /** How long the check took. */
  readonly latencyMs: number;
  /** When the check ended that found this, in epoch milliseconds. */
  readonly checkedAtMs: number;
  /** A later check did not answer in time, or there was none for three intervals. */
  readonly stale: boolean;
  /** When the present verdict began, in epoch milliseconds. */
  readonly sinceMs: number;
  /** `false`: the provider has no `HealthChecker`, so that `healthy` is no verdict. */
  readonly checked: boolean;
}

/** A status as JSON carries it. */
export interface ProviderStatusBody {
  readonly name: string;
  readonly healthy: boolean;
  readonly message: string;
  /** Nanoseconds, as Go writes a `time.Duration`. */
  readonly latency: number;
  readonly latency_ms: number;
  /** RFC 3339. */
  readonly checked_at: string;
  readonly stale: boolean;
  /** RFC 3339. */
  readonly since: string;
  readonly checked: boolean;
}

/** Writes a status for the wire. */
export function providerStatusBody(status: ProviderStatus): ProviderStatusBody {
  const latency = Math.round(status.latencyMs * 1e6);
  return {
    name: status.name,
    healthy: status.healthy,
    message: status.message,
    latency,
    latency_ms: latency / 1e6,
    checked_at: formatTimestamp(status.checkedAtMs),
    stale: status.stale,
    since: formatTimestamp(status.sinceMs),
    checked: status.checked,
  };
}
