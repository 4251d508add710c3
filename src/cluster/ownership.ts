import type { Stamp } from './fence.js';

/**
 * `away`: this instance does not own the partition. `raising`: it was assigned, and asks for the next epoch.
 * `rebuilding`: the epoch is its own, and every lease gets a full deadline. `judging`: it sweeps and ticks. `contested`:
 * it is assigned, yet somebody else took the partition later; one of the two does not know yet that it lost it.
 */
export type OwnershipPhase = 'away' | 'raising' | 'rebuilding' | 'judging' | 'contested';

/** The life of one partition on one instance. */
export interface Ownership {
  readonly partition: number;
  readonly phase: OwnershipPhase;
  /** How often the epoch was asked for: tells a late answer from the one that is waited for. */
  readonly request: number;
  /** While rebuilding and judging its own epoch; otherwise the newest that is known since it was assigned, or 0. */
  readonly epoch: number;
}

/** What happens to an ownership. */
export type OwnershipEvent =
  /** The group assigned the partition to this instance. */
  | { readonly kind: 'assigned' }
  /** The group takes it back, before somebody else gets it; or it noticed that the group did so long ago. */
  | { readonly kind: 'revoked' | 'lost' }
  /** The answer to a request: this epoch is committed for this instance. */
  | { readonly kind: 'raised'; readonly request: number; readonly epoch: number }
  /** The store did not answer a request, or refused it; it may be committed all the same. */
  | { readonly kind: 'raise-failed'; readonly request: number }
  /** What `raise-later` asked for has come. */
  | { readonly kind: 'retry'; readonly request: number }
  /** The change log says that the partition was taken, by this instance or another. */
  | { readonly kind: 'taken'; readonly epoch: number; readonly isOwn: boolean }
  /** Every lease of the partition has its full deadline. */
  | { readonly kind: 'rebuilt'; readonly epoch: number };

/** What the caller has to do, in order. */
export type OwnershipEffect =
  /** Commit the next epoch for this instance, and answer with `raised` or `raise-failed`. */
  | { readonly kind: 'raise-epoch'; readonly request: number }
  /**
   * Send `retry` once the group has confirmed this assignment after now, and an interval of its heartbeat is over, in which
   * the other one learns that it lost. Without the group, which it may be cut off from, an instance asks no more: it would
   * take the partition from its owner again and again.
   */
  | { readonly kind: 'raise-later'; readonly request: number }
  /** Give every lease of the partition a full deadline, read its tasks, and answer with `rebuilt`. */
  | { readonly kind: 'rebuild'; readonly epoch: number }
  /** Stop judging and ticking, and drop what is decided and not written. */
  | { readonly kind: 'drop-decisions' };

/** An ownership after an event, and what follows from it. */
export interface OwnershipStep {
  readonly ownership: Ownership;
  readonly effects: readonly OwnershipEffect[];
}

/** A partition that this instance does not own. */
export function awayFrom(partition: number): Ownership {
  return { partition, phase: 'away', request: 0, epoch: 0 };
}

/** Whether this instance may sweep the leases of the partition and tick its tasks. */
export function mayJudge({ phase }: Ownership): boolean {
  return phase === 'judging';
}

/** What its decisions carry; `undefined` while it may make none. */
export function stampOf({ phase, partition, epoch }: Ownership): Stamp | undefined {
  return phase === 'judging' ? { partition, epoch } : undefined;
}

/**
 * Takes an event. Whatever the order in which they come: what it has decided is dropped when it stops judging; answers
 * to requests of assignments that are gone change nothing; and an assigned instance ends up judging, once nobody else
 * takes the partition any more.
 */
export function advanceOwnership(ownership: Ownership, event: OwnershipEvent): OwnershipStep {
  switch (event.kind) {
    case 'assigned':
      return askAgain(ownership, 0);
    case 'revoked':
    case 'lost':
      return moveTo(ownership, { phase: 'away', epoch: 0 });
    case 'retry':
      return isWaiting(ownership) && event.request === ownership.request
        ? askAgain(ownership, ownership.epoch)
        : unchanged(ownership);
    case 'raise-failed':
      return ownership.phase === 'raising' && event.request === ownership.request
        ? unchanged(ownership, { kind: 'raise-later', request: ownership.request })
        : unchanged(ownership);
    case 'raised':
      return onRaised(ownership, event);
    case 'taken':
      return onTaken(ownership, event);
    case 'rebuilt':
      return ownership.phase === 'rebuilding' && event.epoch === ownership.epoch
        ? moveTo(ownership, { phase: 'judging', epoch: event.epoch })
        : unchanged(ownership);
    default:
      return event satisfies never;
  }
}

function onRaised(
  ownership: Ownership,
  { request, epoch }: { request: number; epoch: number },
): OwnershipStep {
  if (ownership.phase !== 'raising') return adopt(ownership, epoch);
  // the request that waits raises it once more
  if (request !== ownership.request) return unchanged(ownership);
  return epoch > ownership.epoch ? rebuild(ownership, epoch) : contest(ownership, ownership.epoch);
}

function onTaken(ownership: Ownership, { epoch, isOwn }: { epoch: number; isOwn: boolean }): OwnershipStep {
  const { phase } = ownership;
  if (phase === 'away' || epoch <= ownership.epoch) return unchanged(ownership);
  // its own answer tells it, and which request it was
  if (phase === 'raising') return isOwn ? unchanged(ownership) : moveTo(ownership, { phase, epoch });
  return isOwn ? adopt(ownership, epoch) : contest(ownership, epoch);
}

/** A request of an earlier assignment was committed after the one that made it the owner: its epoch is the newest, and its own. */
function adopt(ownership: Ownership, epoch: number): OwnershipStep {
  if (ownership.phase === 'away' || epoch <= ownership.epoch) return unchanged(ownership);
  return rebuild(ownership, epoch);
}

function rebuild(ownership: Ownership, epoch: number): OwnershipStep {
  return moveTo(ownership, { phase: 'rebuilding', epoch }, { kind: 'rebuild', epoch });
}

function contest(ownership: Ownership, epoch: number): OwnershipStep {
  const later: OwnershipEffect[] =
    ownership.phase === 'contested' ? [] : [{ kind: 'raise-later', request: ownership.request }];
  return moveTo(ownership, { phase: 'contested', epoch }, ...later);
}

function askAgain(ownership: Ownership, epoch: number): OwnershipStep {
  const request = ownership.request + 1;
  return moveTo({ ...ownership, request }, { phase: 'raising', epoch }, { kind: 'raise-epoch', request });
}

function isWaiting({ phase }: Ownership): boolean {
  return phase === 'contested' || phase === 'raising';
}

function moveTo(
  ownership: Ownership,
  to: Pick<Ownership, 'phase' | 'epoch'>,
  ...effects: readonly OwnershipEffect[]
): OwnershipStep {
  const dropped: OwnershipEffect[] =
    ownership.phase === 'judging' && to.phase !== 'judging' ? [{ kind: 'drop-decisions' }] : [];
  return { ownership: { ...ownership, ...to }, effects: [...dropped, ...effects] };
}

function unchanged(ownership: Ownership, ...effects: readonly OwnershipEffect[]): OwnershipStep {
  return { ownership, effects };
}
