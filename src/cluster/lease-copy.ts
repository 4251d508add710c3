import { actedOnMs, type Lease, LeaseTable, noteTold } from '../lease/index.js';
import type { DecidedAvailability, Transition } from '../transition/index.js';

/** What an instance answers a beat with. */
export interface BeatAnswer {
  readonly nextIntervalSeconds: number;
  /** Set if the provider was not available: it is committed before the answer, on the condition that it still is so. */
  readonly transition: Transition | undefined;
  /** Set if a longer interval may be told now than a takeover would assume: this one is committed before the answer. */
  readonly advertisedMs: number | undefined;
}

/** A lease whose deadline has passed, and the transition that this would be. */
export interface Expiry {
  readonly lease: Lease;
  readonly transition: Transition;
}

/**
 * The leases of a partition on one of several instances. They change only by what every instance applies in the same
 * order: beats that were read from the log (`hear`) and transitions that were committed (`apply`). What is decided here,
 * by the front that takes a beat (`answer`) or by the owner that finds silence (`findExpired`), changes nothing before it
 * comes back: a decision that the store drops leaves no trace.
 */
export class LeaseCopy extends LeaseTable {
  /** Found silent; each is applied or put back. */
  private readonly found = new Set<Lease>();

  /** What to answer to a beat that was taken here. The beat itself counts when it is read from the log. */
  answer(lease: Lease): BeatAnswer {
    const { size } = this.fleet;
    const nextIntervalSeconds = this.policy.nextSeconds(size, this.needsHaste(lease, this.clock.nowMs()));
    const advertisedMs = Math.max(actedOnMs(lease), this.policy.longestMs(size));
    return {
      nextIntervalSeconds,
      transition: lease.state === 'Available' ? undefined : this.arrivalOf(lease),
      advertisedMs: advertisedMs > lease.durableToldMs ? advertisedMs : undefined,
    };
  }

  /** Applies that an interval as long as this may be told. */
  applyAdvertised(lease: Lease, advertisedMs: number): void {
    lease.durableToldMs = Math.max(lease.durableToldMs, advertisedMs);
  }

  /** Renews the lease by a beat that was read from the log, and was answered with this interval; decides nothing. */
  hear(lease: Lease, toldMs: number): void {
    const nowMs = this.clock.nowMs();
    const { durableToldMs } = lease;
    noteTold(lease, toldMs, this.policy.longestMs(this.fleet.size), nowMs);
    // that a longer one may be told is known once it is committed, and not by the log
    lease.durableToldMs = Math.min(lease.durableToldMs, durableToldMs);
    lease.receivedAtMs = nowMs;
    lease.recovered = false;
    this.extend(lease, nowMs);
  }

  /** Finds up to `limit` leases whose deadline has passed. Each of them is applied as decided, or put back. */
  findExpired(limit: number): Expiry[] {
    const nowMs = this.clock.nowMs();
    const silent = this.queue.takeDue(nowMs, limit).filter(({ state }) => state !== 'Unavailable');
    for (const lease of silent) this.found.add(lease);
    return silent.map((lease) => ({ lease, transition: this.expiryOf(lease, nowMs) }));
  }

  /** Whether the deadline of a lease has passed and nobody decided it yet: asked again within the transaction. */
  isExpired(lease: Lease): boolean {
    return lease.state !== 'Unavailable' && this.clock.nowMs() >= lease.deadlineMs;
  }

  /** Takes leases back that were found silent and not decided. */
  putBack(leases: Iterable<Lease>): void {
    for (const lease of leases) {
      if (this.found.delete(lease) && lease.state !== 'Unavailable') this.queue.put(lease, lease.deadlineMs);
    }
  }

  override revoke(lease: Lease): DecidedAvailability {
    this.found.delete(lease);
    return super.revoke(lease);
  }

  /** Applies a transition that was committed, whoever decided it. */
  apply(lease: Lease, to: DecidedAvailability): void {
    if (lease.state === to) return;
    const nowMs = this.clock.nowMs();
    this.decide(lease, to, nowMs);
    this.found.delete(lease);
    if (to === 'Unavailable') {
      this.queue.remove(lease);
      return;
    }
    lease.receivedAtMs = nowMs;
    lease.recovered = false;
    this.extend(lease, nowMs);
  }

  /**
   * Gives every lease a full deadline from now, under the longest interval that its provider may have been told: at a
   * takeover, and when an instance died, which may have taken a beat of any provider with it. O(n).
   */
  extendAll(): void {
    const nowMs = this.clock.nowMs();
    const longestMs = this.policy.longestMs(this.fleet.size);
    for (const lease of [...this.queue.entries(), ...this.found]) {
      if (lease.state === 'Unavailable') continue;
      lease.lastToldMs = Math.max(lease.lastToldMs, lease.durableToldMs, longestMs);
      this.extend(lease, nowMs);
    }
  }
}
