import type { FactoryProvider } from '@nestjs/common';
import { HealthStatus } from '@vitals/core/health';
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { HealthOptions } from '../../declaration/health.options.js';
import { OpenQuestion } from '../open-question.js';
import { provideCheck } from '../provide-check.js';
import { Settings } from '../settings.js';
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
  const read = Settings.of('diskCheck', settings, { path: true, minFree: true, warnFree: true });
  const { path: givenPath, minFree: givenMin, warnFree: givenWarn, ...options } = settings;
  const path = resolve(read.text('path', givenPath ?? '.', 'a path on the file system that is meant'));
  const minFree = readThreshold(read, 'minFree', givenMin ?? DEFAULT_MIN_FREE);
  const warnFree = readOptionalThreshold(read, 'warnFree', givenWarn);
  if (isAbove(minFree, warnFree))
    read.refuse('warnFree', givenWarn, `more than minFree, which is ${minFree.text}`);
  return provideCheck({
    owner: 'DiskCheck',
    options: { name: 'disk', ...options },
    probe: () => {
      const question = new OpenQuestion(() => statfs(path));
      const about = HealthStatus.up().withAttribute('path', path);
      return {
        about,
        check: async ({ signal }) => judge(about, await question.ask(signal), minFree, warnFree),
      };
    },
  });
}

function judge(
  status: HealthStatus,
  { bsize, blocks, bfree, bavail, files, ffree }: StatsFs,
  minFree: Threshold,
  warnFree: Threshold | undefined,
): HealthStatus {
  const freeBytes = bavail * bsize;
  const totalBytes = blocks * bsize;
  const usedBlocks = blocks - bfree;
  let told = status
    .withAttribute('freeBytes', freeBytes)
    .withAttribute('totalBytes', totalBytes)
    .withAttribute('usedRatio', ratioOf(usedBlocks, usedBlocks + bavail));
  if (files > 0) told = told.withAttribute('freeInodes', ffree);
  if (freeBytes < bytesOf(minFree, totalBytes)) return told.down(`less than ${minFree.text} is free`);
  if (files > 0 && ffree === 0) return told.down('no file can be made: every inode is in use');
  if (warnFree && freeBytes < bytesOf(warnFree, totalBytes))
    return told.degraded(`less than ${warnFree.text} is free`);
  return told;
}

function ratioOf(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 10_000) / 10_000 : 0;
}
