import type { FactoryProvider } from '@nestjs/common';
import type { HealthStatus } from '@vitals/core/health';
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { HealthOptions } from '../../declaration/health.options.js';
import { OpenQuestion, provideCheck, up } from '../provide-check.js';
import { Settings } from '../check-settings.js';
import {
  bytesOf,
  isAbove,
  readOptionalThreshold,
  readThreshold,
  type Size,
  type Threshold,
} from '../threshold.js';

/** What `diskCheck` can be told, besides what every check can. */
export interface DiskCheckSettings extends HealthOptions {
  /** Any path on the file system that is meant; default the working directory. */
  readonly path?: string;
  /** `DOWN` with less free than this; default 100 MB. A share is of the file system's size. */
  readonly minFree?: Size;
  /** `DEGRADED` with less free than this; default none. */
  readonly warnFree?: Size;
}

const DEFAULT_MIN_FREE = '100MB';

/**
 * Whether there is room on a file system: `providers: [diskCheck({ minFree: '1GiB', warnFree: '10%' })]`. What
 * counts is what this process may use, without the reserve of the superuser. Reports `path`, `freeBytes`,
 * `totalBytes`, `usedRatio` (0 to 1, as `df` counts) and, where the file system counts them, `freeInodes`; without
 * any it is `DOWN`.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong
 */
export function diskCheck(settings: DiskCheckSettings = {}): FactoryProvider {
  const read = Settings.of('diskCheck', settings, ['path', 'minFree', 'warnFree']);
  const path = resolve(read.text('path', settings.path ?? '.', 'a path on the file system that is meant'));
  const minFree = readThreshold(read, 'minFree', settings.minFree ?? DEFAULT_MIN_FREE);
  const warnFree = readOptionalThreshold(read, 'warnFree', settings.warnFree);
  if (isAbove(minFree, warnFree))
    read.refuse('warnFree', settings.warnFree, `more than minFree, which is ${minFree.text}`);
  return provideCheck(read.internal('disk'), () => {
    const question = new OpenQuestion(() => statfs(path));
    return {
      about: up({ path }),
      check: async ({ signal }) => judge(path, await question.ask(signal), minFree, warnFree),
    };
  });
}

function judge(
  path: string,
  { bsize, blocks, bfree, bavail, files, ffree }: StatsFs,
  minFree: Threshold,
  warnFree: Threshold | undefined,
): HealthStatus {
  const freeBytes = bavail * bsize;
  const totalBytes = blocks * bsize;
  const usedBlocks = blocks - bfree;
  const usedRatio = ratioOf(usedBlocks, usedBlocks + bavail);
  const told = up({ path, freeBytes, totalBytes, usedRatio, ...(files > 0 && { freeInodes: ffree }) });
  if (freeBytes < bytesOf(minFree, totalBytes)) return told.down(`less than ${minFree.text} is free`);
  if (files > 0 && ffree === 0) return told.down('no file can be made: every inode is in use');
  if (warnFree && freeBytes < bytesOf(warnFree, totalBytes))
    return told.degraded(`less than ${warnFree.text} is free`);
  return told;
}

function ratioOf(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 10_000) / 10_000 : 0;
}
