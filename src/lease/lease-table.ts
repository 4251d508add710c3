import { ExpiryQueue } from '../time/expiry-queue.js';
import type { JudgingTime } from '../time/running-clock.js';
import { formatDuration } from '../time/duration.js';
import type { IntervalPolicy } from './interval-policy.js';
import { Leases } from './leases.js';
import { actedOnMs, availabilityAt, isFlapping, Lease, missedBeats, noteChange, noteTold } from './lease.js';
import type { Fleet, LeaseView, RecoveredLease, Renewal } from './lease-values.js';
import type { Availability, DecidedAvailability, Transition } from '../transition/index.js';

/** The window of flapping, in silences that are allowed at the base interval. */
const FLAPPING_WINDOW = 20;

/**
 * The leases of all providers. The caller holds each lease as a handle, and gives it back to every call.
 * Renewing costs O(1) and sets no timer; sweeping costs what expires. Every method takes the time from the
 * clock that judges silence, so a pause of this process extends every deadline by itself. State changes are returned as
 * values; the caller makes them durable and publishes them.
 */
export class LeaseTable extends Leases {
  protected readonly queue = new ExpiryQueue<Lease>();
  readonly flappingWindowMs: number;
  /** The longest interval that a fleet of any size can be told: what a restart assumes at least. */
  private readonly leastLongestMs: number;

  /** @param fleet shared by the tables of one fleet */
  constructor(
    protected readonly clock: JudgingTime,
    protected readonly policy: IntervalPolicy,
    protected readonly fleet: Fleet = { size: 0 },
  ) {
    super();
    this.flappingWindowMs = FLAPPING_WINDOW * policy.allowedSilenceMs(policy.settings.baseMs);
    this.leastLongestMs = policy.longestMs(1);
  }

  /** The fleet: how many leases there are, whatever their state, in all tables that share it. */
  get size(): number {
    return this.fleet.size;
  }

  register(name: string): Lease {
    const nowMs = this.clock.nowMs();
    this.fleet.size++;
    const lease = new Lease(
      name,
      'Unknown',
      nowMs,
      this.policy.longestMs(this.fleet.size),
      this.leastLongestMs,
    );
    this.extend(lease, nowMs);
    return lease;
  }

  registerAgain(lease: Lease): void {
    if (lease.state === 'Unavailable') return;
    const nowMs = this.clock.nowMs();
    lease.receivedAtMs = nowMs;
    this.extend(lease, nowMs);
  }

  /**
   * Takes a beat:
   * 1. the interval told follows the fleet, and is shorter for a provider that is overdue or flapping;
   * 2. J is the longest interval of its last three answers, this one included, never below base; answers less
   *    than a second apart count as one;
   * 3. the deadline becomes receive time + missed × J + grace, and never moves backwards;
   * 4. the first beat, and one after `Unavailable`, is a transition; one that comes after its deadline but
   *    before the sweep just renews, for nothing was decided yet.
   */
  renew(lease: Lease): Renewal {
    const nowMs = this.clock.nowMs();
    const nextIntervalSeconds = this.policy.nextSeconds(this.fleet.size, this.needsHaste(lease, nowMs));
    const longestMs = this.policy.longestMs(this.fleet.size);
    const advertisedLonger = noteTold(lease, nextIntervalSeconds * 1_000, longestMs, nowMs);
    lease.receivedAtMs = nowMs;
    lease.recovered = false;
    this.extend(lease, nowMs);
    return { nextIntervalSeconds, transition: this.arrive(lease, nowMs), advertisedLonger };
  }

  revoke(lease: Lease): DecidedAvailability {
    this.queue.remove(lease);
    this.fleet.size--;
    return lease.state;
  }

  /** Decides up to `limit` leases whose deadline has passed; call again while it returns `limit` of them. */
  sweep(limit: number): Transition[] {
    const nowMs = this.clock.nowMs();
    return this.queue.takeDue(nowMs, limit).map((lease) => this.expire(lease, nowMs));
  }

  recover(recovered: readonly RecoveredLease[], fleetSize = recovered.length): Lease[] {
    const nowMs = this.clock.nowMs();
    this.fleet.size += recovered.length;
    const longestMs = this.policy.longestMs(Math.max(this.fleet.size, fleetSize));
    return recovered.map(({ name, state, advertisedMs, changedMsAgo }) => {
      const durableMs = Math.max(advertisedMs, this.leastLongestMs);
      const lease = new Lease(name, state, nowMs, Math.max(advertisedMs, longestMs), durableMs);
      lease.recovered = true;
      // a wall clock that was set back makes them lie ahead
      for (const agoMs of changedMsAgo ?? []) noteChange(lease, nowMs - Math.max(0, agoMs));
      if (state !== 'Unavailable') this.extend(lease, nowMs);
      return lease;
    });
  }

  availability(lease: Lease): Availability {
    const nowMs = this.clock.nowMs();
    return availabilityAt(lease, nowMs, this.missed(lease, nowMs));
  }

  isFlapping(lease: Lease): boolean {
    return isFlapping(lease, this.clock.nowMs(), this.flappingWindowMs);
  }

  view(lease: Lease): LeaseView {
    const nowMs = this.clock.nowMs();
    const missed = this.missed(lease, nowMs);
    const allowedMs = Math.max(
      this.policy.allowedSilenceMs(Math.max(actedOnMs(lease), this.policy.longestMs(this.fleet.size))),
      lease.deadlineMs - lease.receivedAtMs,
    );
    return {
      availability: availabilityAt(lease, nowMs, missed),
      missed,
      silentMs: nowMs - lease.receivedAtMs,
      remainingMs: lease.deadlineMs - nowMs,
      detectionBoundMs: this.policy.detectionBoundMs(allowedMs),
      flapping: isFlapping(lease, nowMs, this.flappingWindowMs),
    };
  }

  private missed(lease: Lease, nowMs: number): number {
    return missedBeats(lease, nowMs, this.policy.settings.baseMs, this.policy.settings.graceMs);
  }

  protected needsHaste(lease: Lease, nowMs: number): boolean {
    if (isFlapping(lease, nowMs, this.flappingWindowMs)) return true;
    return lease.state === 'Available' && this.missed(lease, nowMs) >= 1;
  }

  protected extend(lease: Lease, nowMs: number): void {
    lease.deadlineMs = Math.max(lease.deadlineMs, nowMs + this.policy.allowedSilenceMs(actedOnMs(lease)));
    this.queue.put(lease, lease.deadlineMs);
  }

  private arrive(lease: Lease, nowMs: number): Transition | undefined {
    if (lease.state === 'Available') return undefined;
    const arrival = this.arrivalOf(lease);
    this.decide(lease, 'Available', nowMs);
    return arrival;
  }

  private expire(lease: Lease, nowMs: number): Transition {
    const expiry = this.expiryOf(lease, nowMs);
    this.decide(lease, 'Unavailable', nowMs);
    return expiry;
  }

  /** The transition that a beat is for a provider that is not available. */
  protected arrivalOf(lease: Lease): Transition {
    const cause = lease.state === 'Unknown' ? 'first heartbeat' : 'heartbeats resumed';
    return this.transition(lease, 'Available', cause);
  }

  /** The transition that a passed deadline is. */
  protected expiryOf(lease: Lease, nowMs: number): Transition {
    const from = lease.state;
    const heard = from === 'Unknown' ? 'since it registered' : lease.recovered ? 'since the restart' : '';
    const silence = formatDuration(nowMs - lease.receivedAtMs);
    return this.transition(lease, 'Unavailable', `no heartbeat for ${silence}${heard && ` ${heard}`}`);
  }

  /** The first heartbeat does not count towards flapping. */
  protected decide(lease: Lease, to: DecidedAvailability, nowMs: number): void {
    if (to === 'Unavailable' || lease.state === 'Unavailable') noteChange(lease, nowMs);
    lease.state = to;
  }

  private transition({ name, state }: Lease, to: DecidedAvailability, cause: string): Transition {
    return { kind: 'provider', subject: name, from: state, to, cause, atMs: this.clock.wallMs() };
  }
}
