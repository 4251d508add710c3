import { ManualClock, RunningClock } from '../time/index.js';
import { type GuardedMember, GuardedMembers, type MemberStanding } from './guarded-members.js';
import { DEFAULT_MASS_FAILURE, type GuardedScope } from './guarded-scope.js';
import type { MassFailure } from './mass-failure.js';

class Member implements GuardedMember {
  countedZone: string | undefined;
  counted: GuardedMember['counted'];
  awaySinceMs: number | undefined;

  constructor(
    readonly key: number,
    public zone: string | undefined,
  ) {}
}

class Members extends GuardedMembers<Member> {
  readonly all: Member[] = [];
  readonly told: string[] = [];
  readonly turns: number[] = [];

  constructor(readonly time = new ManualClock()) {
    super(DEFAULT_MASS_FAILURE, new RunningClock(time));
  }

  add(count: number, zone: string | undefined): Member[] {
    const firstKey = this.all.length + 1;
    const added = Array.from({ length: count }, (_, index) => new Member(firstKey + index, zone));
    this.all.push(...added);
    this.set(added, undefined);
    return added;
  }

  set(members: readonly Member[], awaySinceMs: number | undefined): void {
    for (const member of members) {
      member.awaySinceMs = awaySinceMs;
      this.follow(member, false);
    }
  }

  end(scope: GuardedScope): void {
    this.guard.end(scope);
    this.settle([scope]);
  }

  settledKeys(scope?: GuardedScope): number[] {
    return this.settledMembers(scope === undefined ? [] : [scope]).map(({ key }) => key);
  }

  protected members(): Iterable<Member> {
    return this.all;
  }

  protected standingOf({ zone, awaySinceMs }: Member): MemberStanding {
    return { zone, awaySinceMs };
  }

  protected onEvents(events: readonly MassFailure[], by: string): void {
    for (const { scope, kind } of events) this.told.push(`${JSON.stringify(scope)} ${kind} ${by}`);
  }

  protected onTurn({ key }: Member): void {
    this.turns.push(key);
  }
}

describe('GuardedMembers', () => {
  it('holds the members of a zone that fails, and lets those go that are settled, one after the other', async () => {
    const members = new Members();
    const west = members.add(6, 'west');
    members.add(20, 'east');
    members.set(west.slice(0, 5), 1);
    expect(members.told).toEqual(['{"zone":"west"} began recovery']);
    expect([members.isFrozen(west[5] as Member), members.settledKeys()]).toEqual([true, []]);
    expect(members.settledKeys({ zone: 'west' })).toEqual([1, 2, 3, 4, 5]);
    members.end({ zone: 'west' });
    expect(west.map((member) => members.isFrozen(member))).toEqual([true, true, true, true, true, false]);
    await members.time.advance(500);
    expect([members.turns, west.some((member) => members.isFrozen(member))]).toEqual([
      [1, 2, 3, 4, 5],
      false,
    ]);
  });

  it('counts who is settled again once it is back', () => {
    const members = new Members();
    const west = members.add(6, 'west');
    members.set(west.slice(0, 5), 1);
    members.end({ zone: 'west' });
    members.end('fleet');
    members.set(west.slice(0, 5), undefined);
    members.told.length = 0;
    members.set(west.slice(0, 4), 2);
    expect([members.settledKeys(), members.told]).toEqual([
      [],
      ['"fleet" began recovery', '{"zone":"west"} began recovery'],
    ]);
  });
});
