import type { ControlPlane } from '../plane/control-plane.js';
import type { SimulatedService } from './simulated-service.js';

/** Most services of a tag fail at once. Instants of the engine. */
export interface MassFailure {
  readonly beganMs: number;
  readonly beganRanMs: number;
  readonly crashesBefore: number;
  /** So many went of so many that there are. */
  readonly went: number;
  readonly of: number;
  /** So many have registered since, or anew. */
  registered: number;
  /** Nobody comes back: it ends when the hold is over. */
  readonly forGood: boolean;
  endedMs: number;
}

/** Within this everybody is seen to be gone: the longest interval, and a look; in running milliseconds. */
const SEEN_MS = 65_000;
/** Who could not be judged before may be looked at so much later, in milliseconds. */
const BACKOFF_MS = 60_000;
/** Everybody is registered by now. */
const SETTLED_MS = 120_000;
/** So much of the hold may be forgotten at a crash, in milliseconds. */
const LOST_MS = 15_000;
/** A share with which there is no doubt that it is a mass failure, and one with which it may be. */
const NO_DOUBT = 0.6;
const DOUBT = 0.3;

/** The mass failures of all tags. */
export class MassFailures {
  private readonly last = new Map<string, MassFailure>();

  constructor(
    private readonly services: readonly SimulatedService[],
    private readonly plane: ControlPlane,
    private readonly nowMs: () => number,
    private readonly blindUntilMs: () => number,
    private readonly holdMs: number,
  ) {}

  /** Those of a tag that are registered. */
  of(tag: string): SimulatedService[] {
    const { process } = this.plane;
    return this.services.filter(({ plan }) => plan.node?.tag === tag && process?.directory.find(plan.id));
  }

  /** @param gone who is gone for it, before they are */
  began(tag: string, gone: readonly SimulatedService[], { forGood = false } = {}): void {
    const { isAwake } = this.plane;
    const seen = isAwake && this.nowMs() > SETTLED_MS ? gone : [];
    const { process } = this.plane;
    const went = seen.filter(
      ({ plan, truth }) => truth === 'up' && process?.directory.find(plan.id)?.state.verdict !== 'Critical',
    ).length;
    const { ranMs: beganRanMs, crashes: crashesBefore } = this.plane;
    const endedMs = Number.POSITIVE_INFINITY;
    const of = this.of(tag).length;
    this.last.set(tag, {
      beganMs: this.nowMs(),
      beganRanMs,
      crashesBefore,
      went,
      of,
      registered: 0,
      forGood,
      endedMs,
    });
  }

  /** Somebody registered, or registered anew. */
  registered({ tag }: SimulatedService): void {
    const failure = tag === undefined ? undefined : this.last.get(tag);
    if (failure) failure.registered++;
  }

  ended(tag: string): void {
    const failure = this.last.get(tag);
    if (failure) failure.endedMs = this.nowMs();
  }

  /** The one that goes on, has been seen by now, and leaves no doubt. */
  certain({ tag }: SimulatedService): MassFailure | undefined {
    const failure = tag === undefined ? undefined : this.last.get(tag);
    if (!failure || failure.endedMs <= this.nowMs()) return undefined;
    if (failure.forGood && this.ranForMs(failure) >= this.holdMs) return undefined;
    const { beganMs, beganRanMs, crashesBefore, went, of, registered } = failure;
    if (this.plane.ranMs - beganRanMs < SEEN_MS || this.blindUntilMs() > beganMs - BACKOFF_MS)
      return undefined;
    if (this.plane.crashes !== crashesBefore) return undefined;
    // who registers in the middle of it, or anew, may end it
    const isCertain = went - registered >= 4 && went - registered > NO_DOUBT * (of + registered);
    return isCertain ? failure : undefined;
  }

  /** When the last one of its tag was over: now, while it is not; 0 if there was none. */
  lastOf({ tag }: SimulatedService): number {
    const failure = tag === undefined ? undefined : this.last.get(tag);
    if (!failure) return 0;
    const slackMs = SEEN_MS + LOST_MS * (this.plane.crashes - failure.crashesBefore);
    const isOver = failure.forGood && this.ranForMs(failure) > this.holdMs + slackMs;
    if (isOver) failure.endedMs = Math.min(failure.endedMs, this.nowMs());
    return Math.min(failure.endedMs, this.nowMs());
  }

  private ranForMs({ beganRanMs }: MassFailure): number {
    return this.plane.ranMs - beganRanMs;
  }

  /** Whether so many of its tag fail that it may be taken for one. */
  mayBe({ tag }: SimulatedService): boolean {
    if (tag === undefined) return true;
    const there = this.of(tag);
    return there.filter(({ truth }) => truth === 'failing').length > DOUBT * there.length;
  }
}
