import type { CheckResult } from '../health-check.js';
import type { HealthReport } from '../report.js';
import type { Attribute, HealthState } from '../status.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './wire-answer.js';
import { keysOf } from './keyed-checks.js';

/** A check in the format of @nestjs/terminus. */
export interface TerminusCheck {
  readonly [detail: string]: Attribute;
  readonly status: 'up' | 'degraded' | 'down';
}

/** The whole in the format of @nestjs/terminus 12.1. */
export interface TerminusHealth {
  readonly status: 'ok' | 'degraded' | 'error' | 'shutting_down';
  readonly info: Readonly<Record<string, TerminusCheck>>;
  readonly error: Readonly<Record<string, TerminusCheck>>;
  readonly details: Readonly<Record<string, TerminusCheck>>;
}

/** The readiness target that is not reached while the app ends. */
const SHUTDOWN = 'shutdown';

const WHOLE = { UP: 'ok', DEGRADED: 'degraded', DOWN: 'error' } as const satisfies Record<
  HealthState,
  string
>;
const PART = { UP: 'up', DEGRADED: 'degraded', DOWN: 'down' } as const satisfies Record<HealthState, string>;

/**
 * Writes a report as @nestjs/terminus 12.1 does: 200 when `ok` or `degraded`, 503 when `error` or
 * `shutting_down`. Status and code follow the whole; `error` lists every check that is down, also one that is
 * not critical (the whole is `degraded` then), so that nothing is hidden. At detail `full` a check has its
 * attributes, its reason as `message`, and `responseTime` in whole milliseconds, as terminus has it; one that was
 * not run for the request also `cachedResponse` and `ageMs`. These replace attributes of the same name.
 */
export function terminus(report: HealthReport, detail: HealthDetail): WireAnswer {
  const info: [string, TerminusCheck][] = [];
  const error: [string, TerminusCheck][] = [];
  if (detail !== 'status') {
    const keys = keysOf(report.checks);
    report.checks.forEach((check, index) => {
      const list = check.state === 'DOWN' ? error : info;
      list.push([keys[index] as string, writeCheck(check, detail)]);
    });
  }
  const status = report.notReady.includes(SHUTDOWN) ? 'shutting_down' : WHOLE[report.state];
  const body: TerminusHealth = {
    status,
    info: Object.fromEntries(info),
    error: Object.fromEntries(error),
    details: Object.fromEntries([...info, ...error]),
  };
  return jsonAnswer(status === 'error' || status === 'shutting_down' ? 503 : 200, body);
}

function writeCheck(check: CheckResult, detail: HealthDetail): TerminusCheck {
  const status = PART[check.state];
  if (detail !== 'full') return { status };
  return {
    ...check.attributes,
    ...(check.reason !== undefined && { message: check.reason }),
    responseTime: Math.round(check.durationMs),
    ...(check.ageMs > 0 && { cachedResponse: true, ageMs: Math.round(check.ageMs) }),
    status,
  };
}
