import type { CheckResult } from '../health-check.js';
import type { HealthReport } from '../report.js';
import type { Attribute, Attributes } from '../status.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './wire-answer.js';

/** A check in the format of MicroProfile Health 4.0. A strict client fails on any further member. */
export interface MicroProfileCheck {
  readonly name: string;
  readonly status: 'UP' | 'DOWN';
  readonly data?: Attributes;
}

/** The whole in the format of MicroProfile Health 4.0, whose schema allows no further members. */
export interface MicroProfileHealth {
  readonly status: 'UP' | 'DOWN';
  readonly checks: readonly MicroProfileCheck[];
}

/**
 * Writes a report in the format of MicroProfile Health 4.0, section "Response codes and status mappings":
 * 200 when `UP`, 503 when `DOWN`. A degraded check is `UP`. At detail `full` `data` has the attributes, `degraded`
 * (true) and the reason as `reason`, which replace attributes of the same name; at the other levels there is none.
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
  const data = detail === 'full' ? writeData(check) : undefined;
  if (data !== undefined) wire.data = data;
  return wire;
}

/** Attributes are copied only where something is added. */
function writeData({ attributes, state, reason }: CheckResult): Attributes | undefined {
  if (state === 'DEGRADED' || reason !== undefined) {
    const data: Record<string, Attribute> = { ...attributes };
    if (state === 'DEGRADED') data['degraded'] = true;
    if (reason !== undefined) data['reason'] = reason;
    return data;
  }
  for (const key in attributes) {
    if (Object.hasOwn(attributes, key)) return attributes;
  }
  return undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
