import { formatTimestamp } from '../../time/timestamp.js';
import type { CheckResult } from '../health-check.js';
import type { HealthReport } from '../report.js';
import type { Attribute, HealthState } from '../status.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './wire-answer.js';

/** A status of draft-inadarei-api-health-check, section 3.1. */
export type HealthJsonStatus = 'pass' | 'warn' | 'fail';

/** One observation; that of a state carries `status`, facts about a check do not. */
export interface HealthJsonObservation {
  readonly componentId?: string;
  readonly observedValue: Attribute;
  readonly observedUnit?: string;
  readonly status?: HealthJsonStatus;
  /** RFC 3339, when it was observed. */
  readonly time?: string;
  /** Why the status is not `pass`. */
  readonly output?: string;
}

/** The whole in the format of draft-inadarei-api-health-check-06. */
export interface HealthJson {
  readonly status: HealthJsonStatus;
  readonly serviceId?: string;
  readonly releaseId?: string;
  readonly checks?: Readonly<Record<string, readonly HealthJsonObservation[]>>;
}

/** Who answers; told unless only the status may be told. */
export interface HealthJsonService {
  readonly serviceId?: string;
  readonly releaseId?: string;
}

const STATUS: Readonly<Record<HealthState, HealthJsonStatus>> = {
  UP: 'pass',
  DEGRADED: 'warn',
  DOWN: 'fail',
};
const TYPE = { 'content-type': 'application/health+json' };

/**
 * Writes a report as `application/health+json` (draft-inadarei-api-health-check-06): `pass` and `warn` (degraded)
 * are 200, `fail` is 503. Every check gives `name:status`; at detail `full` also `name:duration`, `name:age` of a
 * result that was not made for the request, and each attribute as `name:attribute`. Equal keys share one array,
 * states before facts, so that nothing is lost. A colon in a name is `%3A`, for the draft keeps it as separator.
 */
export function healthJson(
  report: HealthReport,
  detail: HealthDetail,
  { serviceId, releaseId }: HealthJsonService = {},
): WireAnswer {
  const body: HealthJson = {
    status: STATUS[report.state],
    ...(detail !== 'status' && {
      ...(serviceId !== undefined && { serviceId }),
      ...(releaseId !== undefined && { releaseId }),
      checks: writeChecks(report.checks, detail),
    }),
  };
  return jsonAnswer(report.state === 'DOWN' ? 503 : 200, body, TYPE);
}

function writeChecks(checks: readonly CheckResult[], detail: HealthDetail): HealthJson['checks'] {
  const observations = new Map<string, HealthJsonObservation[]>();
  const add = (name: string, measurement: string, observation: HealthJsonObservation): void => {
    const key = `${keyPart(name)}:${keyPart(measurement)}`;
    const known = observations.get(key);
    if (known) known.push(observation);
    else observations.set(key, [observation]);
  };
  for (const check of checks) add(check.name, 'status', writeState(check, detail));
  if (detail === 'full') {
    for (const check of checks) {
      const { id: componentId, name, durationMs, ageMs, attributes } = check;
      const observedUnit = 'ms';
      add(name, 'duration', { componentId, observedValue: Math.round(durationMs * 100) / 100, observedUnit });
      if (ageMs > 0) add(name, 'age', { componentId, observedValue: Math.round(ageMs), observedUnit });
      for (const [key, observedValue] of Object.entries(attributes)) {
        add(name, key, { componentId, observedValue });
      }
    }
  }
  return Object.fromEntries(observations);
}

function writeState(
  { id, state, reason, checkedAtMs }: CheckResult,
  detail: HealthDetail,
): HealthJsonObservation {
  const brief: HealthJsonObservation = { observedValue: state, status: STATUS[state] };
  if (detail !== 'full') return brief;
  return {
    componentId: id,
    ...brief,
    time: formatTimestamp(checkedAtMs),
    ...(state !== 'UP' && reason !== undefined && { output: reason }),
  };
}

function keyPart(text: string): string {
  return text.includes(':') ? text.replaceAll(':', '%3A') : text;
}
