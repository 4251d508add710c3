import fc from 'fast-check';
import { advanceOwnership, awayFrom, mayJudge, type OwnershipEvent, stampOf } from './ownership.js';

/** The phase after each event, with its epoch, and all effects. */
function after(...events: OwnershipEvent[]) {
  let ownership = awayFrom(7);
  const effects: string[] = [];
  for (const event of events) {
    const step = advanceOwnership(ownership, event);
    ownership = step.ownership;
    for (const { kind, ...rest } of step.effects) effects.push([kind, ...Object.values(rest)].join(' '));
  }
  return { ownership, phase: `${ownership.phase} ${ownership.epoch}`, effects };
}

const ASSIGNED: OwnershipEvent = { kind: 'assigned' };
const REVOKED: OwnershipEvent = { kind: 'revoked' };
const raised = (request: number, epoch: number): OwnershipEvent => ({ kind: 'raised', request, epoch });
const rebuilt = (epoch: number): OwnershipEvent => ({ kind: 'rebuilt', epoch });
const taken = (epoch: number, isOwn = false): OwnershipEvent => ({ kind: 'taken', epoch, isOwn });
const retry = (request: number): OwnershipEvent => ({ kind: 'retry', request });
const JUDGING = [ASSIGNED, raised(1, 5), rebuilt(5)];

describe('The ownership of a partition', () => {
  it('raises the epoch, rebuilds, and only then judges', () => {
    const phases = JUDGING.map((_, at) => after(...JUDGING.slice(0, at + 1)));
    expect(phases.map(({ phase }) => phase)).toEqual(['raising 0', 'rebuilding 5', 'judging 5']);
    expect(phases.map(({ ownership }) => mayJudge(ownership))).toEqual([false, false, true]);
    expect(phases.map(({ ownership }) => stampOf(ownership))).toEqual([
      undefined,
      undefined,
      { partition: 7, epoch: 5 },
    ]);
    expect(phases[2]?.effects).toEqual(['raise-epoch 1', 'rebuild 5']);
  });

  it.each([['revoked' as const], ['lost' as const]])(
    'drops what is decided when it is %s while it judges',
    (kind) => {
      const { phase, effects } = after(...JUDGING, { kind });
      expect([phase, effects.at(-1)]).toEqual(['away 0', 'drop-decisions']);
    },
  );

  it('ends at any time before, and late answers do not bring it back', () => {
    expect(after(ASSIGNED, REVOKED, raised(1, 5), rebuilt(5)).phase).toBe('away 0');
    expect(after(ASSIGNED, raised(1, 5), REVOKED, rebuilt(5)).phase).toBe('away 0');
    expect(after(ASSIGNED, REVOKED, taken(5, true), retry(1)).phase).toBe('away 0');
    expect(after(ASSIGNED, REVOKED).effects).toEqual(['raise-epoch 1']);
  });

  it('waits for the answer of its own assignment, not for one of an assignment that is gone', () => {
    const again = [ASSIGNED, REVOKED, ASSIGNED];
    expect(after(...again, raised(1, 5)).phase).toBe('raising 0');
    expect(after(...again, raised(1, 5), raised(2, 6)).phase).toBe('rebuilding 6');
  });

  it('takes over the epoch of an old request of its own that was committed after the one it judges by', () => {
    const again = [ASSIGNED, REVOKED, ASSIGNED, raised(2, 5), rebuilt(5)];
    const { phase, effects } = after(...again, raised(1, 6));
    expect([phase, effects.slice(-2)]).toEqual(['rebuilding 6', ['drop-decisions', 'rebuild 6']]);
    expect(after(...again, taken(6, true)).phase).toBe('rebuilding 6');
    expect(after(...again, taken(6, true), raised(1, 6), rebuilt(6)).phase).toBe('judging 6');
  });

  it('stops when somebody else took the partition, and raises again later if it still is assigned then', () => {
    const contested = after(...JUDGING, taken(6));
    expect([contested.phase, contested.effects.slice(-2)]).toEqual([
      'contested 6',
      ['drop-decisions', 'raise-later 1'],
    ]);
    expect(after(...JUDGING, taken(6), retry(1)).phase).toBe('raising 6');
    expect(after(...JUDGING, taken(6), retry(1), raised(2, 7), rebuilt(7)).phase).toBe('judging 7');
    expect(after(...JUDGING, taken(6), REVOKED, retry(1)).phase).toBe('away 0');
    expect(
      after(...JUDGING, taken(6), taken(7)).effects.filter((each) => each === 'raise-later 1'),
    ).toHaveLength(1);
  });

  it('does not judge by an epoch that somebody else had raised beyond when its answer came', () => {
    expect(after(ASSIGNED, taken(6), raised(1, 5)).phase).toBe('contested 6');
    expect(after(ASSIGNED, taken(4), raised(1, 5)).phase).toBe('rebuilding 5');
  });

  it('ignores what it knows already', () => {
    for (const event of [taken(5), taken(5, true), taken(4), raised(1, 5), rebuilt(4), retry(1)]) {
      expect(after(...JUDGING, event)).toEqual(after(...JUDGING));
    }
  });

  it('asks again when the store did not answer', () => {
    const failed: OwnershipEvent = { kind: 'raise-failed', request: 1 };
    expect(after(ASSIGNED, failed).effects).toEqual(['raise-epoch 1', 'raise-later 1']);
    expect(after(ASSIGNED, failed, retry(1)).effects.at(-1)).toBe('raise-epoch 2');
    expect(after(ASSIGNED, failed, REVOKED, retry(1)).phase).toBe('away 0');
    expect(after(ASSIGNED, REVOKED, failed).effects).toEqual(['raise-epoch 1']);
  });

  const anyEvent: fc.Arbitrary<OwnershipEvent> = fc.oneof(
    fc.constantFrom<OwnershipEvent>(ASSIGNED, REVOKED, { kind: 'lost' }),
    fc.record({ kind: fc.constant('raised' as const), request: fc.nat(4), epoch: fc.nat(9) }),
    fc.record({ kind: fc.constantFrom('raise-failed' as const, 'retry' as const), request: fc.nat(4) }),
    fc.record({ kind: fc.constant('taken' as const), epoch: fc.nat(9), isOwn: fc.boolean() }),
    fc.record({ kind: fc.constant('rebuilt' as const), epoch: fc.nat(9) }),
  );

  it('judges only by an epoch it was given, after a rebuild, and never by one that it knows to be overtaken', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let ownership = awayFrom(0);
        let foreign = 0;
        let isAssigned = false;
        const given = new Set<number>();
        for (const event of events) {
          const before = ownership;
          const step = advanceOwnership(ownership, event);
          ownership = step.ownership;
          if (event.kind === 'assigned') [isAssigned, foreign] = [true, 0];
          if (event.kind === 'revoked' || event.kind === 'lost') isAssigned = false;
          if (event.kind === 'raised' || (event.kind === 'taken' && event.isOwn)) given.add(event.epoch);
          if (event.kind === 'taken' && !event.isOwn) foreign = Math.max(foreign, event.epoch);
          expect(ownership.phase === 'away').toBe(!isAssigned);
          expect(ownership.request).toBeGreaterThanOrEqual(before.request);
          expect(step.effects.some(({ kind }) => kind === 'drop-decisions')).toBe(
            mayJudge(before) && !(mayJudge(ownership) && before.epoch === ownership.epoch),
          );
          if (!mayJudge(ownership)) continue;
          expect(given).toContain(ownership.epoch);
          expect(ownership.epoch).toBeGreaterThanOrEqual(foreign);
          if (!mayJudge(before))
            expect([before.phase, before.epoch]).toEqual(['rebuilding', ownership.epoch]);
        }
      }),
    );
  });
});
