import { VitalsError } from '@vitals/core/errors';
import { type Check, CHECK_DEFAULTS, HEALTH_KINDS } from '@vitals/core/health';
import { type Duration, parseDuration } from '@vitals/core/time';
import type { HealthOptions } from '../declaration/health.options.js';

/** Background results are believed for this many intervals, unless told otherwise. */
const STALE_AFTER_INTERVALS = 3;

/** Every option that a check has. */
const OPTIONS: Readonly<Record<keyof HealthOptions, true>> = {
  id: true,
  name: true,
  kinds: true,
  groups: true,
  tags: true,
  timeout: true,
  cacheFor: true,
  every: true,
  staleAfter: true,
  failureThreshold: true,
  successThreshold: true,
  critical: true,
  external: true,
  component: true,
  enabled: true,
};

/**
 * Makes a check of what was declared.
 * @throws VitalsError `declaration-invalid`, naming the check, the option and what to write instead
 */
export function readCheck(id: string, options: HealthOptions, run: Check['run']): Check {
  const refuse = refusalOf(options.id ?? id, options.name);
  const stray = Object.keys(options).find((option) => !Object.hasOwn(OPTIONS, option));
  if (stray !== undefined) {
    refuse(`there is no option ${JSON.stringify(stray)}; there are ${Object.keys(OPTIONS).join(', ')}`);
  }
  const kinds = options.kinds ?? CHECK_DEFAULTS.kinds;
  const unknown = kinds.find((kind) => !HEALTH_KINDS.includes(kind));
  if (unknown !== undefined) refuse(`"${unknown}" is not a kind; there are ${HEALTH_KINDS.join(', ')}`);
  if (options.external && kinds.includes('liveness')) {
    refuse(
      'it is marked external and for liveness: when what it depends on fails, every instance would be restarted, and no restart would help. Make it a readiness check',
    );
  }
  const duration = (option: keyof HealthOptions, given: Duration | undefined, fallback: number): number =>
    given === undefined ? fallback : readDuration(option, given, refuse);
  const threshold = (option: keyof HealthOptions, given = 1): number =>
    Number.isInteger(given) && given >= 1 ? given : refuse(`${option} must be a whole number from 1 on`);
  const { every, staleAfter, cacheFor } = options;
  if (every !== undefined && cacheFor !== undefined) {
    refuse(
      'cacheFor and every exclude each other: a background check is always answered from its last result',
    );
  }
  if (every === undefined && staleAfter !== undefined) {
    refuse('staleAfter belongs to every: only a background result can go stale');
  }
  const everyMs = every === undefined ? undefined : readDuration('every', every, refuse);
  const staleAfterMs =
    everyMs === undefined
      ? CHECK_DEFAULTS.staleAfterMs
      : duration('staleAfter', staleAfter, STALE_AFTER_INTERVALS * everyMs);
  if (everyMs !== undefined && staleAfterMs < everyMs) {
    refuse('staleAfter is shorter than every, so that it would be stale between any two runs');
  }
  return {
    id: options.id ?? id,
    name: options.name,
    kinds,
    groups: options.groups ?? CHECK_DEFAULTS.groups,
    tags: options.tags ?? CHECK_DEFAULTS.tags,
    timeoutMs: duration('timeout', options.timeout, CHECK_DEFAULTS.timeoutMs),
    critical: options.critical ?? CHECK_DEFAULTS.critical,
    cacheForMs: duration('cacheFor', cacheFor, CHECK_DEFAULTS.cacheForMs),
    everyMs,
    staleAfterMs,
    failureThreshold: threshold('failureThreshold', options.failureThreshold),
    successThreshold: threshold('successThreshold', options.successThreshold),
    run,
  };
}

function refusalOf(id: string, name: string | undefined): (why: string, cause?: unknown) => never {
  return (why, cause) => {
    const check = name === undefined ? id : `${name} (${id})`;
    throw new VitalsError('declaration-invalid', `health check ${check}: ${why}`, { cause });
  };
}

function readDuration(
  option: string,
  given: Duration,
  refuse: (why: string, cause?: unknown) => never,
): number {
  let ms: number;
  try {
    ms = parseDuration(given);
  } catch (cause) {
    return refuse(`${option}: ${(cause as Error).message}`, cause);
  }
  return ms > 0 ? ms : refuse(`${option} must be longer than nothing`);
}
