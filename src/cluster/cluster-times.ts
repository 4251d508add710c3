import { IntervalPolicy, type IntervalSettings } from '../lease/index.js';

/** The intervals by which instances prove to each other what they took, in milliseconds. */
export interface ClusterTimes {
  /** How often an instance writes a watermark into each partition. */
  readonly watermarkMs: number;
  /** How long a clock of a partition runs without the next. */
  readonly slackMs: number;
  /** An instance whose last acknowledged record is older takes no beats. */
  readonly appendMs: number;
  /** An instance that the group does not know, and of which nothing was read for so long, is dead. */
  readonly deadAfterMs: number;
}

const MIN_WATERMARK_MS = 500;
/** Watermarks that the brokers take per second, of all instances and partitions. */
const MAX_WATERMARKS_PER_SECOND = 2_000;

/** The intervals of a cluster of this size. @param sessionMs after how long the group gives up an instance */
export function clusterTimes(instances: number, partitions: number, sessionMs: number): ClusterTimes {
  const watermarkMs = Math.max(
    MIN_WATERMARK_MS,
    Math.ceil((instances * partitions * 1_000) / MAX_WATERMARKS_PER_SECOND),
  );
  return { watermarkMs, slackMs: 2 * watermarkMs, appendMs: 2 * watermarkMs, deadAfterMs: sessionMs };
}

/**
 * How much longer than between two instances' acceptance of two beats the clock of their partition may count between them,
 * in milliseconds. The grace of every lease of a cluster has it in addition. Between the two beats lie, in the log, the
 * watermarks of the second instance: they span no more than the time between the beats, the interval before the first of
 * them, and what it had not appended then; an instance that joined in between brings its own delay; and the slack.
 */
export function clusterGraceMs({ watermarkMs, slackMs, appendMs }: ClusterTimes): number {
  return watermarkMs + slackMs + 2 * appendMs;
}

/**
 * The worst time from a crash to `Unavailable` on a cluster, in milliseconds; from the death of an instance, or from a
 * takeover, if that is later, for both give every lease a full deadline.
 * @param boundMs `IntervalPolicy.detectionBoundMs` of a policy with the grace of a cluster
 */
export function clusterBoundMs(
  boundMs: number,
  { watermarkMs, appendMs, deadAfterMs }: ClusterTimes,
): number {
  return boundMs + watermarkMs + appendMs + deadAfterMs;
}

/** The intervals of a fleet that a cluster watches over: the grace is longer, and so is the bound that is told. */
export class ClusterPolicy extends IntervalPolicy {
  constructor(
    settings: IntervalSettings,
    private readonly times: ClusterTimes,
    random: () => number = Math.random,
  ) {
    super({ ...settings, graceMs: settings.graceMs + clusterGraceMs(times) }, random);
  }

  override detectionBoundMs(allowedSilenceMs: number): number {
    return clusterBoundMs(super.detectionBoundMs(allowedSilenceMs), this.times);
  }
}
