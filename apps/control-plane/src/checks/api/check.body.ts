import type { CheckDefinition, MaintenanceWindow } from '@vitals/core/check';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { parseTimestamp } from '@vitals/core/time';
import { createValidationPipe, invalid } from '../../http/validation.js';
import { CheckDto, DEFAULTS, defaultTimeoutMs } from './body/check.dto.js';
import { tryDuration } from './body/duration.rule.js';
import { unknownMembers } from './body/known-members.js';
import { targetOf } from './body/target.reading.js';
import { DEFAULT_ZONE, type WindowDto } from './body/window.dto.js';

export { CheckDto } from './body/check.dto.js';

const pipe = createValidationPipe();

/**
 * Reads a check as somebody sends or declares it: JSON, or what YAML makes of it. Members that only answers have
 * are passed over, any other that is not known is a fault.
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export async function readCheckBody(body: unknown): Promise<CheckDto> {
  const faults: FieldFault[] = unknownMembers(body);
  try {
    const check = (await pipe.transform(body, { type: 'body', metatype: CheckDto })) as CheckDto;
    if (faults.length === 0) return check;
  } catch (error) {
    if (!(error instanceof VitalsError)) throw error;
    faults.unshift(...error.faults);
  }
  throw invalid(faults);
}

/**
 * What a body that was read defines under an id; what it leaves out has its default. Checks that are defined remove
 * nothing.
 * @param known what the id stands for so far: it stays paused, or not, if the body does not say; a header that says
 *   `<redacted>` goes on saying what it said, as long as the scheme, host and port of the URL stay the same
 * @throws VitalsError `request-invalid` for a header that is to go on saying what nobody knows
 */
export function definitionOf(body: CheckDto, id: string, known?: CheckDefinition): CheckDefinition {
  const { name, parent, maintenance = [], labels = {}, interval, timeout } = body;
  const intervalMs = tryDuration(interval) ?? DEFAULTS.intervalMs;
  return {
    id,
    ...(name !== undefined && { name }),
    target: targetOf(body, known?.target),
    intervalMs,
    timeoutMs: tryDuration(timeout) ?? defaultTimeoutMs(intervalMs),
    successBeforePassing: body.success_before_passing ?? DEFAULTS.successBeforePassing,
    failuresBeforeWarning: body.failures_before_warning ?? DEFAULTS.failuresBeforeWarning,
    failuresBeforeCritical: body.failures_before_critical ?? DEFAULTS.failuresBeforeCritical,
    deregisterAfterMs: 0,
    ...(parent !== undefined && { parent }),
    maintenance: maintenance.map(windowOf),
    labels,
    paused: body.paused ?? known?.paused ?? false,
  };
}

function windowOf({
  start,
  end,
  cron,
  duration,
  time_zone: timeZone = DEFAULT_ZONE,
}: WindowDto): MaintenanceWindow {
  if (cron === undefined) {
    return { kind: 'once', startMs: parseTimestamp(String(start)), endMs: parseTimestamp(String(end)) };
  }
  return { kind: 'cron', expression: cron, durationMs: tryDuration(duration) as number, timeZone };
}
