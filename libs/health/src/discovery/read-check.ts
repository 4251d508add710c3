import { VitalsError } from '@vitals/core/errors';
import { type Check, CHECK_DEFAULTS, type CheckSeries } from '@vitals/core/health';
import { parseDuration } from '@vitals/core/time';
import type { HealthOptions } from '../declaration/health.options.js';
import { faultOfCheck } from '../declaration/health.options.rules.js';

/** Background results are believed for this many intervals, unless told otherwise. */
const STALE_AFTER_INTERVALS = 3;

/**
 * Makes a check of what was declared.
 * @throws VitalsError `declaration-invalid`, naming the check, the option and what to write instead
 */
export function readCheck(
  id: string,
  options: HealthOptions,
  run: Check['run'],
  series?: CheckSeries,
): Check {
  const refuse = refusalOf(options.id ?? id, options.name);
  const fault = faultOfCheck(options);
  if (fault !== undefined) refuse(fault);
  const kinds = options.kinds ?? CHECK_DEFAULTS.kinds;
  if (options.external && kinds.includes('liveness')) {
    refuse(
      'it is marked external and for liveness: when what it depends on fails, every instance would be restarted, and no restart would help. Make it a readiness check',
    );
  }
  const { every, staleAfter, cacheFor } = options;
  if (every !== undefined && cacheFor !== undefined) {
    refuse(
      'cacheFor and every exclude each other: a background check is always answered from its last result',
    );
  }
  if (every === undefined && staleAfter !== undefined) {
    refuse('staleAfter belongs to every: only a background result can go stale');
  }
  const everyMs = every === undefined ? undefined : parseDuration(every);
  const staleAfterMs =
    staleAfter === undefined ? STALE_AFTER_INTERVALS * (everyMs ?? Infinity) : parseDuration(staleAfter);
  if (everyMs !== undefined && staleAfterMs < everyMs) {
    refuse('staleAfter is shorter than every, so that it would be stale between any two runs');
  }
  return {
    id: options.id ?? id,
    name: options.name,
    kinds,
    groups: options.groups ?? CHECK_DEFAULTS.groups,
    tags: options.tags ?? CHECK_DEFAULTS.tags,
    timeoutMs: parseDuration(options.timeout ?? CHECK_DEFAULTS.timeoutMs),
    critical: options.critical ?? CHECK_DEFAULTS.critical,
    cacheForMs: parseDuration(cacheFor ?? CHECK_DEFAULTS.cacheForMs),
    everyMs,
    staleAfterMs,
    failureThreshold: options.failureThreshold ?? CHECK_DEFAULTS.failureThreshold,
    successThreshold: options.successThreshold ?? CHECK_DEFAULTS.successThreshold,
    ...(series && { series }),
    run,
  };
}

function refusalOf(id: string, name: string | undefined): (why: string) => never {
  return (why) => {
    const check = name === undefined ? id : `${name} (${id})`;
    throw new VitalsError('declaration-invalid', `health check ${check}: ${why}`);
  };
}
