import { readFileSync } from 'node:fs';

/** Where the system does not tell. */
const ASSUMED_LIMIT = 4_096;

/** The most that are ever useful. */
const MAX_LIVING = 2_048;
const MAX_FAILING = 1_024;
const MAX_IDLE = 32_768;

/**
 * How many connections checks may have open, of the descriptors that this process may have (RLIMIT_NOFILE): four fifths
 * at most, for the rest serves whoever connects to this process.
 */
export class DescriptorBudget {
  /** Checks at once of targets that are well or unknown. */
  readonly living: number;
  /** Checks at once of targets that are failing. */
  readonly failing: number;
  /** Connections that are kept while nothing is asked of them. */
  readonly mostIdle: number;

  /** @param limit how many descriptors this process may have */
  constructor(limit: number) {
    this.living = Math.max(16, Math.min(MAX_LIVING, Math.floor(limit / 5)));
    this.failing = Math.max(8, Math.min(MAX_FAILING, Math.floor(limit / 10)));
    this.mostIdle = Math.min(MAX_IDLE, Math.floor(limit / 2));
  }

  /** That of this process. */
  static ofProcess(): DescriptorBudget {
    return new DescriptorBudget(readLimit(limitsText()));
  }
}

/** Reads the soft limit out of /proc/<pid>/limits: proc(5). */
export function readLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return ASSUMED_LIMIT;
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
}

function limitsText(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
