import { formatTimestamp } from '../../time/timestamp.js';
import type { CheckResult, HealthKind } from '../health-check.js';
import type { HealthReport } from '../report.js';
import type { Attributes, HealthState } from '../status.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './wire-answer.js';

/** A check in the format of Vitals: all that is known of it. At detail `names`, name and status. */
export interface VitalsCheck {
  readonly name: string;
  readonly status: HealthState;
  /** `Provider#method`: tells checks of one name apart. */
  readonly id?: string;
  readonly kinds?: readonly HealthKind[];
  /** Whether its failure fails the whole; otherwise it degrades it. */
  readonly critical?: boolean;
  readonly reason?: string;
  /** What the check itself reported, and nothing else. */
  readonly data?: Attributes;
  readonly durationMs?: number;
  /** RFC 3339, when the run ended. */
  readonly checkedAt?: string;
  /** Age of the result when it was asked for; 0 if the check was run for the request. */
  readonly ageMs?: number;
}

/** The whole in the format of Vitals. */
export interface VitalsHealth {
  readonly status: HealthState;
  readonly checks: readonly VitalsCheck[];
}

const TYPE = { 'content-type': 'application/vnd.vitals.health+json' };

/**
 * Writes a report in the format of Vitals: `UP` and `DEGRADED` are 200, `DOWN` is 503. `reason` and `data` are
 * left out where there is none. Clients have to pass over members that they do not know.
 */
export function vitals(report: HealthReport, detail: HealthDetail): WireAnswer {
  const body: VitalsHealth = {
    status: report.state,
    checks: detail === 'status' ? [] : report.checks.map((check) => writeCheck(check, detail)),
  };
  return jsonAnswer(report.state === 'DOWN' ? 503 : 200, body, TYPE);
}

function writeCheck(check: CheckResult, detail: HealthDetail): VitalsCheck {
  const brief: VitalsCheck = { name: check.name, status: check.state };
  if (detail !== 'full') return brief;
  return {
    ...brief,
    id: check.id,
    kinds: check.kinds,
    critical: check.critical,
    ...(check.reason !== undefined && { reason: check.reason }),
    ...(Object.keys(check.attributes).length > 0 && { data: check.attributes }),
    durationMs: Math.round(check.durationMs * 100) / 100,
    checkedAt: formatTimestamp(check.checkedAtMs),
    ageMs: Math.round(check.ageMs),
  };
}
