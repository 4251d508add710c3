import { type Attributes, toAttributes } from './attribute.js';
import { failureReason } from './failure-reason.js';
import { redact } from './redact.js';
import { assertName, type HealthState, HealthStatus, toReason } from './status.js';

/** What a value means that a check returned. */
export interface Outcome {
  /** The name that a `HealthStatus` has. */
  readonly name: string | undefined;
  /** The key of a terminus result: a name for checks that were declared without one. */
  readonly key: string | undefined;
  readonly state: HealthState;
  readonly attributes: Attributes;
  readonly reason: string | undefined;
}

interface TerminusEntry {
  readonly status: unknown;
  readonly [detail: string]: unknown;
}

/** States that a terminus indicator reports; anything else is not known to be well. */
const TERMINUS_UP = 'up';
const TERMINUS_DEGRADED = 'degraded';
const TERMINUS_DOWN = 'down';

/**
 * Reads what a check returned: a `HealthStatus`, a boolean, nothing (`UP`), or a terminus indicator result
 * `{ key: { status: 'up' | 'degraded' | 'down', … } }`. Any other value is `DOWN` with a reason that says so: a
 * check that cannot be understood must never pass for healthy.
 */
export function readOutcome(value: unknown): Outcome {
  if (value === undefined || value === true) return outcome('UP');
  if (value === false) return outcome('DOWN', 'the check returned false');
  if (isHealthStatus(value)) {
    const { name, state, attributes, reason } = value;
    return {
      name: name === undefined || name === null ? undefined : assertName(name),
      key: undefined,
      state,
      attributes: toAttributes(Object.entries(attributes)),
      reason: toReason(reason),
    };
  }
  const entries = terminusEntries(value);
  if (entries) return readTerminus(entries);
  return outcome(
    'DOWN',
    `the check returned ${describe(value)}, which is not a health status; return a HealthStatus, a boolean, nothing, or what an indicator of terminus returns`,
  );
}

/** Reads what a check threw; what terminus indicators up to version 10 throw carries their result. */
export function readFailure(error: unknown): Outcome {
  const causes = isObject(error) ? terminusEntries(error['causes']) : undefined;
  const reason = failureReason(error);
  if (!causes) return outcome('DOWN', reason);
  const carried = readTerminus(causes);
  return { ...carried, state: 'DOWN', reason: carried.reason ?? reason };
}

function outcome(state: HealthState, reason?: string): Outcome {
  return { name: undefined, key: undefined, state, attributes: {}, reason };
}

/** By shape, so that a status of another installed copy of this package counts too. */
function isHealthStatus(value: unknown): value is HealthStatus {
  return (
    isObject(value) &&
    (value['state'] === 'UP' || value['state'] === 'DEGRADED' || value['state'] === 'DOWN') &&
    isObject(value['attributes']) &&
    typeof value['withAttribute'] === 'function'
  );
}

function terminusEntries(value: unknown): [string, TerminusEntry][] | undefined {
  if (!isObject(value) || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const allCarryStatus = entries.every(([, entry]) => isObject(entry) && 'status' in entry);
  return entries.length > 0 && allCarryStatus ? (entries as [string, TerminusEntry][]) : undefined;
}

function readTerminus(entries: [string, TerminusEntry][]): Outcome {
  const facts: [string, unknown][] = [];
  const faults: string[] = [];
  const weaknesses: string[] = [];
  for (const [key, { status, ...details }] of entries) {
    if (status === TERMINUS_DOWN) faults.push(`${key} is down`);
    else if (status === TERMINUS_DEGRADED) weaknesses.push(`${key} is degraded`);
    else if (status !== TERMINUS_UP) faults.push(`${key} reports the unknown status ${describe(status)}`);
    for (const [detail, value] of Object.entries(details)) {
      facts.push([entries.length === 1 ? detail : `${key}.${detail}`, value]);
    }
  }
  const attributes = toAttributes(facts);
  const findings = [...faults, ...weaknesses];
  const message = attributes['message'];
  const reason = typeof message === 'string' && findings.length === 1 ? message : findings.join('; ');
  return {
    name: undefined,
    key: entries.find(([key]) => key.trim() !== '')?.[0],
    state: faults.length > 0 ? 'DOWN' : weaknesses.length > 0 ? 'DEGRADED' : 'UP',
    attributes,
    reason: findings.length === 0 ? undefined : redact(reason),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}
