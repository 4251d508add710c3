import type { Subscription } from './group.protocol.js';

/** A member of a group, as its leader sees it. */
export interface Candidate extends Subscription {
  /** The id that the group gave it. */
  readonly memberId: string;
}

/**
 * Divides partitions between the members of a group (cooperative rebalancing, KIP-429), so that a partition never has
 * two holders, and moves only if it has to:
 *
 * 1. The holder of a partition is whoever says that it holds it, by the newest generation; two of the same are none.
 * 2. Each member may have the average, rounded down; as many as there are partitions left over may have one more,
 *    those first that hold most.
 * 3. Everybody keeps what it holds, up to that; what remains goes, in order, to whoever has less.
 * 4. What is meant for another one than its holder is given to nobody: the holder sees that it is to let it go, does
 *    so, and joins again. Then it has no holder.
 *
 * @returns the partitions of each member, by its id
 */
export function assignPartitions(
  candidates: readonly Candidate[],
  partitions: number,
): ReadonlyMap<string, readonly number[]> {
  const holders = holdersOf(candidates, partitions);
  const holds = ({ memberId }: Candidate): number[] =>
    [...holders].filter(([, holder]) => holder === memberId).map(([partition]) => partition);
  const [least, left] = [Math.floor(partitions / candidates.length), partitions % candidates.length];
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const shares = candidates
    .map((candidate) => ({ candidate, held: holds(candidate) }))
    .toSorted((a, b) => b.held.length - a.held.length || order(a.candidate, b.candidate))
    .map(({ candidate, held }, index) => {
      const limit = least + (index < left ? 1 : 0);
      const share = held.toSorted((a, b) => a - b).slice(0, limit);
      for (const partition of share) free.delete(partition);
      return { memberId: candidate.memberId, limit, share };
    });
  for (const { memberId, limit, share } of shares) {
    const wanted = [...free].slice(0, limit - share.length);
    for (const partition of wanted) free.delete(partition);
    share.push(...wanted.filter((partition) => [undefined, memberId].includes(holders.get(partition))));
  }
  return new Map(shares.map(({ memberId, share }) => [memberId, share.toSorted((a, b) => a - b)]));
}

function holdersOf(candidates: readonly Candidate[], partitions: number): Map<number, string> {
  const claims = new Map<number, { memberId: string | undefined; generation: number }>();
  for (const { memberId, generation, held } of candidates)
    for (const partition of held) {
      const other = claims.get(partition);
      if (partition >= partitions || (other && other.generation > generation)) continue;
      claims.set(partition, {
        memberId: other?.generation === generation ? undefined : memberId,
        generation,
      });
    }
  const holders = new Map<number, string>();
  for (const [partition, { memberId }] of claims)
    if (memberId !== undefined) holders.set(partition, memberId);
  return holders;
}

function order(a: Candidate, b: Candidate): number {
  const [x, y] = [`${a.instance} ${a.memberId}`, `${b.instance} ${b.memberId}`];
  return x < y ? -1 : 1;
}
