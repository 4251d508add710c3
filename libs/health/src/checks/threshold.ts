import { parseBytes } from '@vitals/core/placement';
import type { Settings } from './check-settings.js';

/** An amount of bytes, as a number or as text (`'500MB'`, `'1GiB'`), or a share of the whole (`'90%'`). */
export type Size = number | string;

const EXPECTED = 'bytes as a number, an amount such as "500MB" or "1GiB", or a share such as "90%"';

/** A threshold that was read: a share is turned into bytes when the whole is known. */
export interface Threshold {
  readonly bytes?: number;
  /** 0 to 1. */
  readonly share?: number;
  /** As it was given, for people. */
  readonly text: string;
}

/**
 * Reads a threshold.
 * @throws VitalsError `declaration-invalid` for a share over 100 %, an unknown unit, and a number below one byte,
 *   which is meant as a share
 */
export function readThreshold(settings: Settings, setting: string, given: Size): Threshold {
  const percent = typeof given === 'string' ? /^(\d{1,3}(?:\.\d{1,6})?)\s?%$/.exec(given.trim()) : null;
  if (percent) {
    const share = Number(percent[1]) / 100;
    if (share > 1) settings.refuse(setting, given, 'a share of at most "100%"');
    return { share, text: String(given) };
  }
  if (typeof given === 'number' && given > 0 && given < 1) {
    const asShare = `${Number((given * 100).toFixed(6))}%`;
    settings.refuse(setting, given, `bytes, or a share with its sign: "${asShare}"`);
  }
  const bytes = settings.parsed(given, parseBytes) ?? settings.refuse(setting, given, EXPECTED);
  return { bytes, text: typeof given === 'number' ? `${given} bytes` : given };
}

/** Like `readThreshold`, of a threshold that may be left out. */
export function readOptionalThreshold(
  settings: Settings,
  setting: string,
  given: Size | undefined,
): Threshold | undefined {
  return given === undefined ? undefined : readThreshold(settings, setting, given);
}

/** The threshold in bytes, of a whole of this many. */
export function bytesOf(threshold: Threshold, whole: number): number {
  return threshold.bytes ?? (threshold.share ?? 0) * whole;
}

/**
 * Whether one threshold is above another, as far as that is known before the whole is: of two amounts or two
 * shares.
 */
export function isAbove(threshold: Threshold | undefined, other: Threshold | undefined): boolean {
  const { bytes, share } = threshold ?? {};
  const { bytes: otherBytes, share: otherShare } = other ?? {};
  if (bytes !== undefined && otherBytes !== undefined) return bytes > otherBytes;
  return share !== undefined && otherShare !== undefined && share > otherShare;
}
