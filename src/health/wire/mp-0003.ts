import type { CheckResult } from '../health-check.js';
import type { HealthReport } from '../report.js';
import type { Attributes } from '../status.js';
import { emptyAnswer, type HealthDetail, jsonAnswer, type WireAnswer } from './wire-answer.js';

/** A check in the format of MP-0003. */
export interface Mp0003Check {
  readonly id: string;
  readonly result: 'UP' | 'DOWN';
  readonly data?: Attributes;
}

/** The whole in the format of MP-0003. */
export interface Mp0003Health {
  readonly outcome: 'UP' | 'DOWN';
  readonly checks: readonly Mp0003Check[];
}

/**
 * Writes a report in the format of MicroProfile's proposal MP-0003, the one before MicroProfile Health 1.0:
 * 200 when `UP`, 503 when `DOWN`, 204 without a body when there is nothing to check. `id` is the name on the
 * wire. The format knows neither degradation nor reasons: a degraded check is `UP` there.
 */
export function mp0003(report: HealthReport, detail: HealthDetail): WireAnswer {
  const down = report.state === 'DOWN';
  if (!down && report.checks.length === 0) return emptyAnswer(204);
  const body: Mp0003Health = {
    outcome: down ? 'DOWN' : 'UP',
    checks: detail === 'status' ? [] : report.checks.map((check) => writeCheck(check, detail)),
  };
  return jsonAnswer(down ? 503 : 200, body);
}

function writeCheck({ name, state, attributes }: CheckResult, detail: HealthDetail): Mp0003Check {
  const brief: Mp0003Check = { id: name, result: state === 'DOWN' ? 'DOWN' : 'UP' };
  return detail === 'full' && Object.keys(attributes).length > 0 ? { ...brief, data: attributes } : brief;
}
