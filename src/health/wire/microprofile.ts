import type { CheckResult } from '../check.js';
import type { HealthReport } from '../report.js';
import type { Attribute, Attributes } from '../status.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './answer.js';

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

/** At detail `names` a degraded check shows its state, which has no other place here. */
const DEGRADED: Attributes = { degraded: true };

/**
 * Writes a report in the format of MicroProfile Health 4.0, section "Response codes and status mappings":
 * 200 when `UP`, 503 when `DOWN`. A degraded check is `UP` with `data.degraded` true. At detail `full` `data` has
 * the attributes, and the reason as `reason`. Both replace attributes of the same name.
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
  const data = detail === 'full' ? writeData(check) : check.state === 'DEGRADED' ? DEGRADED : undefined;
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
