import { type Check, CHECK_DEFAULTS, type CheckSeries } from '@vitals/core/health';
import { refuseOptions } from '@vitals/core/options';
import { parseDuration } from '@vitals/core/time';
import { faultOfCheck, type HealthOptions } from '../declaration/health.options.js';

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
  const { name, every, staleAfter, cacheFor } = options;
  const ownId = options.id ?? id;
  const fault = faultOfCheck(options) ?? contradictionIn(options);
  if (fault !== undefined)
    refuseOptions(`health check ${name === undefined ? ownId : `${name} (${ownId})`}`, fault);
  const everyMs = every === undefined ? undefined : parseDuration(every);
  return {
    id: ownId,
    name,
    kinds: options.kinds ?? CHECK_DEFAULTS.kinds,
    groups: options.groups ?? CHECK_DEFAULTS.groups,
    tags: options.tags ?? CHECK_DEFAULTS.tags,
    timeoutMs: parseDuration(options.timeout ?? CHECK_DEFAULTS.timeoutMs),
    critical: options.critical ?? CHECK_DEFAULTS.critical,
    cacheForMs: parseDuration(cacheFor ?? CHECK_DEFAULTS.cacheForMs),
    everyMs,
    staleAfterMs:
      staleAfter === undefined ? STALE_AFTER_INTERVALS * (everyMs ?? Infinity) : parseDuration(staleAfter),
    failureThreshold: options.failureThreshold ?? CHECK_DEFAULTS.failureThreshold,
    successThreshold: options.successThreshold ?? CHECK_DEFAULTS.successThreshold,
    ...(series && { series }),
    run,
  };
}

/** Which options, each right by itself, do not go together. */
function contradictionIn({
  external,
  kinds,
  every,
  staleAfter,
  cacheFor,
}: HealthOptions): string | undefined {
  if (external && kinds?.includes('liveness'))
    return 'it is marked external and for liveness: when what it depends on fails, every instance would be restarted, and no restart would help. Make it a readiness check';
  if (every !== undefined && cacheFor !== undefined)
    return 'cacheFor and every exclude each other: a background check is always answered from its last result';
  if (staleAfter === undefined) return undefined;
  if (every === undefined) return 'staleAfter belongs to every: only a background result can go stale';
  return parseDuration(staleAfter) < parseDuration(every)
    ? 'staleAfter is shorter than every, so that it would be stale between any two runs'
    : undefined;
}
