import type { FactoryProvider } from '@nestjs/common';
import type { HealthStatus } from '@vitals/core/health';
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { HealthOptions } from '../../declaration/health.options.js';
import { provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';
import { bytesOf, isAbove, readOptionalThreshold, type Size, type Threshold } from '../threshold.js';

/** What `memoryCheck` can be told, besides what every check can. A share is of the limit that is reported. */
export interface MemoryCheckSettings extends HealthOptions {
  /** `DOWN` with more of the heap in use than this; default 90% if nothing else is given. */
  readonly maxHeap?: Size;
  /** `DEGRADED` with more of the heap in use than this. */
  readonly warnHeap?: Size;
  /** `DOWN` with more resident than this. */
  readonly maxRss?: Size;
  /** `DEGRADED` with more resident than this. */
  readonly warnRss?: Size;
}

const DEFAULT_MAX_HEAP = '90%';

/** One sort of memory, and what is thought of how much of it is used. */
interface Thresholds {
  readonly what: string;
  readonly max: Threshold | undefined;
  readonly warn: Threshold | undefined;
}

/**
 * How much memory this process uses: `providers: [memoryCheck({ maxHeap: '90%', maxRss: '1GiB' })]`. Reports
 * `heapUsedBytes`, `heapLimitBytes` (what V8 lets the heap grow to), `rssBytes` and `rssLimitBytes` (what the
 * control group lets the process have, else what the machine has).
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function memoryCheck(settings: MemoryCheckSettings = {}): FactoryProvider {
  const read = Settings.of('memoryCheck', settings, ['maxHeap', 'warnHeap', 'maxRss', 'warnRss']);
  const { maxHeap, warnHeap, maxRss, warnRss } = settings;
  const isBare = [maxHeap, warnHeap, maxRss, warnRss].every((given) => given === undefined);
  const heap = readThresholds(read, 'Heap', isBare ? DEFAULT_MAX_HEAP : maxHeap, warnHeap);
  const rss = readThresholds(read, 'Rss', maxRss, warnRss);
  return provideCheck(read.internal('memory'), () => ({ check: () => judge(heap, rss) }));
}

function judge(heap: Thresholds, rss: Thresholds): HealthStatus {
  const { used_heap_size: heapUsedBytes, heap_size_limit: heapLimitBytes } = getHeapStatistics();
  const rssBytes = process.memoryUsage.rss();
  const rssLimitBytes = memoryLimitBytes();
  const status = up({ heapUsedBytes, heapLimitBytes, rssBytes, rssLimitBytes });
  const measured = [
    [heap, heapUsedBytes, heapLimitBytes],
    [rss, rssBytes, rssLimitBytes],
  ] as const;
  for (const [{ what, max }, used, limit] of measured)
    if (max && used > bytesOf(max, limit)) return status.down(`more than ${max.text} of ${what} is in use`);
  for (const [{ what, warn }, used, limit] of measured)
    if (warn && used > bytesOf(warn, limit))
      return status.degraded(`more than ${warn.text} of ${what} is in use`);
  return status;
}

/** Without a limit, the control group names a number that no machine has, or none. */
function memoryLimitBytes(): number {
  const machine = totalmem();
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < machine ? constrained : machine;
}

function readThresholds(
  read: Settings,
  sort: 'Heap' | 'Rss',
  givenMax: Size | undefined,
  givenWarn: Size | undefined,
): Thresholds {
  const max = readOptionalThreshold(read, `max${sort}`, givenMax);
  const warn = readOptionalThreshold(read, `warn${sort}`, givenWarn);
  if (max && isAbove(warn, max))
    read.refuse(`warn${sort}`, givenWarn, `less than max${sort}, which is ${max.text}`);
  return { what: sort === 'Heap' ? 'the heap' : 'resident memory', max, warn };
}
