import { ExpiryQueue } from '../time/expiry-queue.js';
import type { RunningClock } from '../time/running-clock.js';
import { formatDuration } from '../time/duration.js';
import type { IntervalPolicy } from './interval-policy.js';
import { availabilityAt, type Lease, longestToldMs, missedBeats } from './lease.js';
import type { Availability, DecidedAvailability, Transition } from './transition.js';

/** What a renewal says back. */
export interface Renewal {
  readonly nextIntervalSeconds: number;
  /** Set if this beat changed the availability; the beat is acknowledged only when it is durable. */
  readonly transition: Transition | undefined;
}

/** A lease as people read it. Durations in milliseconds. */
export interface LeaseView {
  readonly availability: Availability;
  readonly missed: number;
  /** Since it was last heard, registered or recovered. */
  readonly silentMs: number;
  /** Until the deadline; negative once it has passed. */
  readonly remainingMs: number;
  readonly detectionBoundMs: number;
}

/** A lease as it comes back from the store after a restart. */
export interface RecoveredLease {
  readonly name: string;
  readonly state: DecidedAvailability;
  /** The longest interval in milliseconds that its provider may have been told before the restart. */
  readonly toldMs: number;
}

/**
 * The leases of all providers. Renewing costs O(1) and sets no timer; sweeping costs what expires. Every
 * method takes the time from the running clock, so a pause of this process extends every deadline by itself.
 * State changes are returned as values; the caller makes them durable and publishes them.
 */
export class LeaseTable {
  private readonly leases = new Map<string, Lease>();
  private readonly queue = new ExpiryQueue<Lease>();

  constructor(
    private readonly clock: RunningClock,
    private readonly policy: IntervalPolicy,
  ) {}

  get size(): number {
    return this.leases.size;
  }

  has(name: string): boolean {
    return this.leases.has(name);
  }

  /** Starts a lease, or extends that of a provider that registers again. Silence counts from here. */
  register(name: string): void {
    const nowMs = this.clock.nowMs();
    const existing = this.leases.get(name);
    if (existing && existing.state === 'Unavailable') return;
    const lease = existing ?? this.put(name, 'Unknown', nowMs, this.policy.longestMs(this.leases.size + 1));
    lease.receivedAtMs = nowMs;
    this.extend(lease, nowMs);
  }

  /**
   * Takes a beat:
   * 1. the interval told follows the fleet, and is shorter for a provider that is overdue;
   * 2. J is the longest interval of its last three answers, this one included, never below base;
   * 3. the deadline becomes receive time + missed × J + grace, and never moves backwards;
   * 4. the first beat, and one after `Unavailable`, is a transition; one that comes after its deadline but
   *    before the sweep just renews, for nothing was decided yet.
   * @returns `undefined` for a name that has no lease
   */
  renew(name: string): Renewal | undefined {
    const lease = this.leases.get(name);
    if (!lease) return undefined;
    const nowMs = this.clock.nowMs();
    const { baseMs, graceMs } = this.policy.settings;
    const overdue = lease.state === 'Available' && missedBeats(lease, nowMs, baseMs, graceMs) >= 1;
    const nextIntervalSeconds = this.policy.nextSeconds(this.leases.size, overdue);
    lease.told = [nextIntervalSeconds * 1_000, lease.told[0], lease.told[1]];
    lease.receivedAtMs = nowMs;
    lease.recovered = false;
    this.extend(lease, nowMs);
    return { nextIntervalSeconds, transition: this.arrive(lease) };
  }

  /** Ends a lease because its provider is gone on purpose; returns what it was decided to be. */
  revoke(name: string): DecidedAvailability | undefined {
    const lease = this.leases.get(name);
    if (!lease) return undefined;
    if (lease.entry) this.queue.remove(lease.entry);
    this.leases.delete(name);
    return lease.state;
  }

  /** Decides up to `limit` leases whose deadline has passed; call again while it returns `limit` of them. */
  sweep(limit: number): Transition[] {
    const nowMs = this.clock.nowMs();
    return this.queue.takeDue(nowMs, limit).map((lease) => this.expire(lease, nowMs));
  }

  /**
   * Takes the leases of before a restart back. Each gets a full deadline from now, under the longest interval
   * that its provider may have been told then or may be told now, so that no outage of this process marks
   * anybody. What was `Unavailable` stays so.
   */
  recover(recovered: readonly RecoveredLease[]): void {
    const nowMs = this.clock.nowMs();
    const longestMs = this.policy.longestMs(recovered.length);
    for (const { name, state, toldMs } of recovered) {
      const lease = this.put(name, state, nowMs, Math.max(toldMs, longestMs));
      lease.recovered = true;
      if (state !== 'Unavailable') this.extend(lease, nowMs);
    }
  }

  /** The availability now, a passed deadline included; `undefined` for a name that has no lease. */
  availability(name: string): Availability | undefined {
    const lease = this.leases.get(name);
    if (!lease) return undefined;
    const nowMs = this.clock.nowMs();
    const { baseMs, graceMs } = this.policy.settings;
    return availabilityAt(lease, nowMs, missedBeats(lease, nowMs, baseMs, graceMs));
  }

  /** The lease as it stands now; `undefined` for a name that has none. */
  view(name: string): LeaseView | undefined {
    const lease = this.leases.get(name);
    if (!lease) return undefined;
    const nowMs = this.clock.nowMs();
    const missed = missedBeats(lease, nowMs, this.policy.settings.baseMs, this.policy.settings.graceMs);
    const allowedMs = Math.max(
      this.policy.allowedSilenceMs(Math.max(longestToldMs(lease), this.policy.longestMs(this.leases.size))),
      lease.deadlineMs - lease.receivedAtMs,
    );
    return {
      availability: availabilityAt(lease, nowMs, missed),
      missed,
      silentMs: nowMs - lease.receivedAtMs,
      remainingMs: lease.deadlineMs - nowMs,
      detectionBoundMs: this.policy.detectionBoundMs(allowedMs),
    };
  }

  /** The longest interval that a provider may be acting on, in milliseconds: what a restart must know. */
  toldMs(name: string): number {
    const lease = this.leases.get(name);
    return lease ? longestToldMs(lease) : 0;
  }

  private put(name: string, state: DecidedAvailability, nowMs: number, toldMs: number): Lease {
    const lease: Lease = {
      name,
      state,
      recovered: false,
      receivedAtMs: nowMs,
      deadlineMs: nowMs,
      told: [toldMs, toldMs, toldMs],
      entry: undefined,
    };
    this.leases.set(name, lease);
    return lease;
  }

  private extend(lease: Lease, nowMs: number): void {
    lease.deadlineMs = Math.max(lease.deadlineMs, nowMs + this.policy.allowedSilenceMs(longestToldMs(lease)));
    if (lease.entry) this.queue.move(lease.entry, lease.deadlineMs);
    else lease.entry = this.queue.add(lease, lease.deadlineMs);
  }

  private arrive(lease: Lease): Transition | undefined {
    if (lease.state === 'Available') return undefined;
    const from = lease.state;
    lease.state = 'Available';
    return this.transition(lease, from, from === 'Unknown' ? 'first heartbeat' : 'heartbeats resumed');
  }

  private expire(lease: Lease, nowMs: number): Transition {
    const from = lease.state;
    lease.state = 'Unavailable';
    const heard = from === 'Unknown' ? 'since it registered' : lease.recovered ? 'since the restart' : '';
    const silence = formatDuration(nowMs - lease.receivedAtMs);
    return this.transition(lease, from, `no heartbeat for ${silence}${heard && ` ${heard}`}`);
  }

  private transition(lease: Lease, from: DecidedAvailability, cause: string): Transition {
    return { kind: 'provider', subject: lease.name, from, to: lease.state, cause, atMs: this.clock.wallMs() };
  }
}
