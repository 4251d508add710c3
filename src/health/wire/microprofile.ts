import { formatTimestamp } from '../../time/timestamp.js';
import type { CheckResult } from '../check.js';
import type { HealthReport } from '../report.js';
import type { Attributes } from '../status.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './answer.js';

/** A check in the format of MicroProfile Health 4.0; the members after `data` are ours, which it allows here. */
export interface MicroProfileCheck {
  readonly name: string;
  readonly status: 'UP' | 'DOWN';
  readonly data?: Attributes;
  readonly degraded?: true;
  readonly reason?: string;
  readonly kinds?: readonly string[];
  readonly critical?: boolean;
  readonly durationMs?: number;
  readonly checkedAt?: string;
  readonly ageMs?: number;
}

/** The whole in the format of MicroProfile Health 4.0, which allows no other members here. */
export interface MicroProfileHealth {
  readonly status: 'UP' | 'DOWN';
  readonly checks: readonly MicroProfileCheck[];
}

/**
 * Writes a report in the format of MicroProfile Health 4.0, section "Response codes and status mappings":
 * 200 when `UP`, 503 when `DOWN`. A degraded part is `UP` there, with `degraded: true` beside it.
 */
export function microProfile(report: HealthReport, detail: HealthDetail): WireAnswer {
  const down = report.state === 'DOWN';
  const body: MicroProfileHealth = {
    status: down ? 'DOWN' : 'UP',
    checks: detail === 'status' ? [] : report.checks.map((check) => writeCheck(check, detail)),
  };
  return jsonAnswer(down ? 503 : 200, body);
}

/** Built member by member, for this is on the path of every probe. */
function writeCheck(check: CheckResult, detail: HealthDetail): MicroProfileCheck {
  const wire: Writable<MicroProfileCheck> = {
    name: check.name,
    status: check.state === 'DOWN' ? 'DOWN' : 'UP',
  };
  if (check.state === 'DEGRADED') wire.degraded = true;
  if (detail !== 'full') return wire;
  for (const key in check.attributes) {
    if (Object.hasOwn(check.attributes, key)) {
      wire.data = check.attributes;
      break;
    }
  }
  if (check.reason !== undefined) wire.reason = check.reason;
  wire.kinds = check.kinds;
  wire.critical = check.critical;
  wire.durationMs = Math.round(check.durationMs * 100) / 100;
  wire.checkedAt = formatTimestamp(check.checkedAtMs);
  wire.ageMs = Math.round(check.ageMs);
  return wire;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
