import { DEFAULT_INTERVALS } from '@vitals/core/lease';
import type { Clock } from '@vitals/core/time';
import type { CallKind, MetricsRecorder } from '../telemetry/agent.metrics.js';
import type { ControlPlaneClient } from '../wire/control-plane.client.js';
import { EndpointRing } from '../wire/endpoint.ring.js';
import type { AgentSettings } from './agent.settings.js';

/** A call that may cost the lease is given at least so long, in milliseconds. */
const MIN_TIMEOUT_MS = 1_000;
/** No endpoint is left alone for less while a lease runs out, if it asks for that, in milliseconds. */
const MIN_HOLD_MS = 1_000;
/** No endpoint is left alone for longer, in milliseconds. */
const MAX_HOLD_MS = 600_000;

/** What a failover is made of. */
export interface FailoverParts {
  readonly settings: Pick<AgentSettings, 'endpoints' | 'timeoutMs'>;
  readonly clock: Clock;
  readonly client: Pick<ControlPlaneClient, 'leave'>;
  readonly recorder: Pick<MetricsRecorder, 'intervalMs'>;
}

/**
 * Whom to ask, for how long, and whom to leave alone, so that no endpoint can cost the provider its lease:
 * 1. registrations and beats go to the endpoint that acknowledged the last of them, and after a failure to the others
 *    at once; info goes where they go, until it fails there: it moves no beat, and what it is told holds none back;
 * 2. a call is given up in time to try every endpoint once before the lease ends, the default timeout permitting;
 * 3. an endpoint that asks to be left alone is, but for no longer than an interval, nor than half of what is left of
 *    the lease, so that several tries fit into it. Info has no lease: up to ten minutes.
 */
export class Failover {
  /**
   * What an agent can know of its own lease: it lasts for as many intervals as beats may be missed, counted from when
   * the last acknowledged beat was sent. The grace that the control plane adds is for the way there and back. A control
   * plane may allow more than the default 3 beats: then this ends early, to nobody's harm. Monotonic milliseconds.
   */
  private leaseEndsMs = 0;
  private readonly life: EndpointRing;
  private readonly infos: EndpointRing;

  constructor(private readonly parts: FailoverParts) {
    const { endpoints } = parts.settings;
    this.life = new EndpointRing(endpoints);
    this.infos = new EndpointRing(endpoints, this.life);
  }

  /** Whom to ask now, and after a failure. */
  ring(call: CallKind): EndpointRing {
    return call === 'info' ? this.infos : this.life;
  }

  /** How long a registration or a beat may take, in milliseconds. */
  timeoutMs(): number {
    const { settings, clock } = this.parts;
    const leftMs = this.leaseLeftMs(clock.monotonicMs());
    if (leftMs === 0) return settings.timeoutMs;
    return Math.min(settings.timeoutMs, Math.max(MIN_TIMEOUT_MS, leftMs / this.life.untried));
  }

  /** A registration or a beat that was sent at these monotonic milliseconds was acknowledged. */
  renewed(sentMs: number, intervalMs: number): void {
    this.leaseEndsMs = sentMs + DEFAULT_INTERVALS.missedBeats * intervalMs;
    this.life.succeed();
  }

  /** The control plane does not know the provider. */
  forgotten(): void {
    this.leaseEndsMs = 0;
  }

  /**
   * The endpoint that was asked failed, and asked to be left alone for `retryAfterMs`.
   * @returns whether another may be asked at once
   */
  failed(call: CallKind, retryAfterMs: number | undefined): boolean {
    const { settings, client, clock } = this.parts;
    const ring = this.ring(call);
    if (settings.endpoints.length > 1) client.leave(ring.current);
    const nowMs = clock.monotonicMs();
    return ring.fail(nowMs, Math.min(retryAfterMs ?? 0, this.longestHoldMs(call, nowMs)));
  }

  /** All endpoints, in the order in which to say the last word. */
  forFarewell(): URL[] {
    return this.life.inOrder(this.parts.clock.monotonicMs());
  }

  /** How long it lasts from now on; 0 if there is none. */
  private leaseLeftMs(nowMs: number): number {
    return Math.max(0, this.leaseEndsMs - nowMs);
  }

  private longestHoldMs(call: CallKind, nowMs: number): number {
    if (call === 'info') return MAX_HOLD_MS;
    const { intervalMs } = this.parts.recorder;
    const leftMs = this.leaseLeftMs(nowMs);
    const longestMs = leftMs === 0 ? intervalMs : Math.min(intervalMs, leftMs / 2);
    return Math.min(MAX_HOLD_MS, Math.max(MIN_HOLD_MS, longestMs));
  }
}
