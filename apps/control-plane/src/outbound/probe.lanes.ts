import { canParseUrl, Lane, type LaneLimits, type ProbeResult, type ProbeTarget } from '@vitals/core/check';
import type { Clock } from '@vitals/core/time';
import { readFileSync } from 'node:fs';

/** Where a check belongs. */
export interface LaneKey {
  /** What `hostOf` says of its target. */
  readonly host: string;
  /** Whether its last results were failures. */
  readonly failing: boolean;
}

/** A result, and how long the look had to wait for its turn, in milliseconds. */
export interface LanedResult extends ProbeResult {
  readonly waitedMs: number;
}

/**
 * Bounds how many looks are taken at once, overall and per host. Failing targets have a lane of their own, for each of
 * them may take its whole timeout: however many are dead, the living do not wait for them.
 */
export class ProbeLanes {
  readonly living: Lane;
  readonly failing: Lane;

  constructor(
    private readonly clock: Clock,
    private readonly limits: Readonly<Record<'living' | 'failing', LaneLimits>>,
  ) {
    this.living = new Lane(limits.living);
    this.failing = new Lane(limits.failing);
  }

  /**
   * Runs `job` when its turn comes, in the order of arrival except that busy hosts are passed over. Where too many wait
   * already it is not run, and the result is `unjudged`.
   * @throws what `job` rejects with
   */
  run({ host, failing }: LaneKey, job: () => Promise<ProbeResult>): Promise<LanedResult> {
    const kind = failing ? 'failing' : 'living';
    const lane = this[kind];
    const cameMs = this.clock.monotonicMs();
    return new Promise((resolve, reject) => {
      const start = (): void => {
        const waitedMs = this.clock.monotonicMs() - cameMs;
        // what is thrown is a rejection, so that no place is lost by it
        (async () => job())()
          .finally(() => lane.leave(host))
          .then((result) => resolve({ ...result, waitedMs }), reject);
      };
      if (lane.enter(host, start)) return;
      const { waiting } = this.limits[kind];
      const message = `not probed: ${waiting} checks wait already; check less often, or with a shorter timeout`;
      resolve({ outcome: 'unjudged', message, durationMs: 0, waitedMs: 0 });
    });
  }
}

/** The host of a target, for `LaneKey`; one that cannot be read is a host of its own. */
export function hostOf(target: ProbeTarget): string {
  // a name is asked of a server, be it one for all that the system chose
  if (target.kind === 'dns') return target.server?.host.toLowerCase() ?? 'dns:';
  if (target.kind !== 'http') return target.host.toLowerCase();
  return canParseUrl(target.url) ? new URL(target.url).hostname : target.url;
}

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
    let limits = '';
    try {
      limits = readFileSync('/proc/self/limits', 'utf8');
    } catch {
      // a system without it
    }
    return new DescriptorBudget(readLimit(limits));
  }
}

/** Reads the soft limit out of /proc/<pid>/limits: proc(5). */
export function readLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return ASSUMED_LIMIT;
  return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
}
