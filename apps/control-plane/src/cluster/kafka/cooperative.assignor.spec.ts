import fc from 'fast-check';
import { assignPartitions, type Candidate } from './cooperative.assignor.js';

const candidate = (memberId: string, held: readonly number[] = [], generation = 1): Candidate => ({
  memberId,
  instance: memberId,
  held,
  generation,
});

const shares = (candidates: readonly Candidate[], partitions: number): Record<string, readonly number[]> =>
  Object.fromEntries(assignPartitions(candidates, partitions));

/** Members join and leave, each takes what it is assigned, and joins again while somebody has to let something go. */
function play(steps: readonly (readonly number[])[], partitions: number) {
  const held = new Map<number, readonly number[]>();
  const moves: number[] = [];
  let generation = 0;
  for (const members of steps) {
    for (const member of held.keys()) if (!members.includes(member)) held.delete(member);
    for (let rounds = 0, isMoving = true; isMoving; rounds++) {
      expect(rounds).toBeLessThan(3);
      const candidates = members.map((member) => candidate(`m${member}`, held.get(member), generation));
      const assigned = assignPartitions(candidates, partitions);
      generation++;
      isMoving = false;
      for (const member of members) {
        const share = assigned.get(`m${member}`) ?? [];
        const before = held.get(member) ?? [];
        const others = members.filter((other) => other !== member).flatMap((other) => held.get(other) ?? []);
        expect(share.filter((partition) => others.includes(partition))).toEqual([]);
        isMoving ||= before.some((partition) => !share.includes(partition));
        moves.push(...share.filter((partition) => !before.includes(partition)));
      }
      for (const member of members) held.set(member, assigned.get(`m${member}`) ?? []);
    }
  }
  return { held, moves };
}

describe('assignPartitions', () => {
  it('gives everything to the only member', () => {
    expect(shares([candidate('a')], 3)).toEqual({ a: [0, 1, 2] });
  });

  it('gives what nobody holds in equal parts', () => {
    expect(shares([candidate('b'), candidate('a')], 5)).toEqual({ a: [0, 1, 2], b: [3, 4] });
  });

  it('gives nobody what its holder has to let go first', () => {
    expect(shares([candidate('a', [0, 1, 2, 3]), candidate('b')], 4)).toEqual({ a: [0, 1], b: [] });
  });

  it('gives it when its holder has let it go', () => {
    expect(shares([candidate('a', [0, 1]), candidate('b')], 4)).toEqual({ a: [0, 1], b: [2, 3] });
  });

  it('believes the newer generation of two that say they hold the same', () => {
    const [old, young] = [candidate('a', [0, 1], 3), candidate('b', [0, 1], 4)];
    expect(shares([old, young], 2)).toEqual({ a: [], b: [0] });
    expect(shares([young, old], 2)).toEqual({ a: [], b: [0] });
  });

  it('believes neither of two that say so of the same generation', () => {
    expect(shares([candidate('a', [0]), candidate('b', [0])], 2)).toEqual({ a: [0], b: [1] });
  });

  it('leaves members without partitions when there are more members', () => {
    expect(shares([candidate('a'), candidate('b'), candidate('c')], 2)).toEqual({ a: [0], b: [1], c: [] });
  });

  it('never has two holders, comes to rest, divides evenly, and moves only what it has to', () => {
    const members = fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(
        fc.array(members, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        (steps, partitions) => {
          const { held } = play(steps, partitions);
          expect([...held.values()].flat().toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: partitions }, (_, i) => i),
          );
          const sizes = [...held.values()].map(({ length }) => length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          expect(play([...steps, steps.at(-1) as number[]], partitions).moves).toEqual(
            play(steps, partitions).moves,
          );
        },
      ),
    );
  });
});
