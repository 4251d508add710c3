import { formatTimestamp } from '../../time/timestamp.js';
import type { CheckResult } from '../health-check.js';
import { type HealthReport, isTarget } from '../report.js';
import type { Attribute } from '../status.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './wire-answer.js';
import { keysOf } from './keyed-checks.js';

/** A status of Spring Boot Actuator. */
export type SpringStatus = 'UP' | 'DOWN' | 'OUT_OF_SERVICE' | 'UNKNOWN';

/** A check in the format of Spring Boot Actuator. */
export interface SpringComponent {
  readonly status: SpringStatus;
  readonly details?: Readonly<Record<string, Attribute>>;
}

/** The whole in the format of Spring Boot Actuator. */
export interface SpringHealth {
  readonly status: SpringStatus;
  readonly components?: Readonly<Record<string, SpringComponent>>;
}

const TYPE = { 'content-type': 'application/vnd.spring-boot.actuator.v3+json' };

/**
 * Writes a report as Spring Boot Actuator does: `DOWN` (503) if a critical check is down, `OUT_OF_SERVICE` (503)
 * if only readiness targets are missing, `UNKNOWN` (200) if there is nothing to tell, else `UP` (200). Other than
 * in Spring a check that is down and not critical does not turn the whole. A degraded check is `UP`, with
 * `degraded` in its details. At detail `full` details are the attributes, the reason as `error`, `durationMs`,
 * `checkedAt` and, if it was not run for the request, `ageMs`; these replace attributes of the same name.
 */
export function spring(report: HealthReport, detail: HealthDetail): WireAnswer {
  const body: SpringHealth = {
    status: writeWhole(report),
    ...(detail !== 'status' && { components: writeComponents(report, detail) }),
  };
  return jsonAnswer(report.state === 'DOWN' ? 503 : 200, body, TYPE);
}

function writeWhole({ state, checks, notReady }: HealthReport): SpringStatus {
  if (state !== 'DOWN') return checks.length === 0 && notReady.length === 0 ? 'UNKNOWN' : 'UP';
  const onlyTargets = !checks.some((check) => isDown(check) && check.critical && !isTarget(check, notReady));
  return notReady.length > 0 && onlyTargets ? 'OUT_OF_SERVICE' : 'DOWN';
}

function writeComponents(
  { checks, notReady }: HealthReport,
  detail: HealthDetail,
): SpringHealth['components'] {
  const keys = keysOf(checks);
  return Object.fromEntries(
    checks.map((check, index) => {
      const down = isTarget(check, notReady) ? 'OUT_OF_SERVICE' : 'DOWN';
      const details = writeDetails(check, detail);
      const status = isDown(check) ? down : 'UP';
      return [keys[index] as string, details ? { status, details } : { status }];
    }),
  );
}

function writeDetails(check: CheckResult, detail: HealthDetail): SpringComponent['details'] {
  const degraded = check.state === 'DEGRADED' && { degraded: true };
  if (detail !== 'full') return degraded || undefined;
  return {
    ...check.attributes,
    ...degraded,
    ...(check.reason !== undefined && { error: check.reason }),
    durationMs: Math.round(check.durationMs * 100) / 100,
    checkedAt: formatTimestamp(check.checkedAtMs),
    ...(check.ageMs > 0 && { ageMs: Math.round(check.ageMs) }),
  };
}

function isDown({ state }: CheckResult): boolean {
  return state === 'DOWN';
}
