import type { JoinedPlane } from '../../test/joined-planes.js';
import { of, PlacingPlanes, reserve } from '../../test/placing-planes.js';
import { OperationsService } from '../providers/operations.service.js';
import { PlacementService } from './placement.service.js';

let planes: PlacingPlanes;
let a: JoinedPlane;
let b: JoinedPlane;

beforeEach(async () => {
  planes = await PlacingPlanes.two();
  [a, b] = planes.all as [JoinedPlane, JoinedPlane];
});

describe('Reservations of two control planes', () => {
  it('never are two of the same last slot, however many ask both at once', async () => {
    await planes.ready('p');
    const asked = planes.all.flatMap((member) => [1, 2, 3].map(() => member.outcome(reserve(member))));
    expect((await Promise.all(asked)).toSorted()).toEqual([...Array(5).fill('no-candidate'), 'p']);
    expect(planes.rows().length).toBe(1);
  });

  it('go to the next best provider when the other was first', async () => {
    await planes.ready('p', 'q', 'r');
    const asked = planes.all.map((member) => member.outcome(reserve(member)));
    expect(new Set(await Promise.all(asked)).size).toBe(2);
    expect(await a.outcome(reserve(a))).not.toBe('no-candidate');
    expect(await b.outcome(reserve(b))).toBe('no-candidate');
  });

  it('are known, confirmed and released on either', async () => {
    await planes.ready('p');
    const { id } = await a.plane.done(reserve(a));
    expect(await b.plane.done(of(b).confirm(id))).toMatchObject({ id, state: 'confirmed' });
    await a.follow();
    expect(of(a).get(id).state).toBe('confirmed');
    expect(await a.outcome(of(a).release(id))).toBe('done');
    expect(await b.outcome(of(b).release(id))).toBe('reservation-not-found');
    expect(await b.outcome(reserve(b))).toBe('p');
  });

  it('end by whoever owns their provider, and by nobody else', async () => {
    await planes.ready('p');
    await a.plane.done(reserve(a));
    planes.grants.give(b.owned);
    await planes.pass(3);
    await a.plane.done(of(a).expire());
    expect(planes.rows().length).toBe(1);
    await b.follow();
    await b.plane.done(of(b).expire());
    await a.follow();
    expect([planes.rows().length, a.plane.get(PlacementService).placement.reservations]).toEqual([0, 0]);
  });

  it('end by the next owner when the one before is gone, or only believes that it owns', async () => {
    await planes.ready('p');
    planes.grants.give(a.owned);
    const { id } = await a.plane.done(reserve(a));
    await b.follow();
    planes.grants.give(b.owned, undefined, { unaware: a.owned });
    await planes.pass(3);
    await a.plane.done(of(a).expire());
    expect([planes.rows().length, of(a).get(id).state]).toEqual([1, 'held']);
    await planes.pass(1);
    await b.plane.done(of(b).expire());
    expect(planes.rows().length).toBe(0);
  });

  it('are confirmed or have expired, when both are tried at once, and whoever asks hears which', async () => {
    await planes.ready('p');
    planes.grants.give(b.owned);
    const heard = new Set<string>();
    for (const first of [a, b, a, b]) {
      const { id } = await a.plane.done(reserve(a));
      await b.follow();
      await planes.pass(1.9);
      // on this instance time has not come yet
      const confirm = () => a.outcome(of(a).confirm(id));
      const confirmed = first === a ? confirm() : undefined;
      await planes.clock.advance(100);
      b.passed.nowMs();
      const expired = of(b).expire();
      const answer = await (confirmed ?? confirm());
      await b.plane.done(expired);
      heard.add(answer);
      expect(planes.rows().map(({ confirmed: isKept }) => isKept)).toEqual(answer === 'p' ? [true] : []);
      await planes.follow();
      if (answer === 'p') expect(await b.outcome(of(b).release(id))).toBe('done');
    }
    expect([...heard].toSorted()).toContain('p');
    expect(heard.size).toBeGreaterThan(1);
  });

  it('are gone with their provider, also for whoever reserves on the other at that moment', async () => {
    await planes.ready('p');
    const [removed, reserved] = await Promise.all([
      b.outcome(b.plane.get(OperationsService).remove('p')),
      a.outcome(reserve(a)),
    ]);
    expect(removed).toBe('done');
    expect(['no-candidate', 'p']).toContain(reserved);
    await a.follow();
    expect([planes.rows(), a.plane.get(PlacementService).placement.reservations]).toEqual([[], 0]);
  });

  it('last no less than was asked where the one that makes them stood still before', async () => {
    await planes.ready('p');
    planes.grants.give(b.owned);
    // b goes on by itself
    for (let step = 0; step < 80; step++) {
      await planes.clock.advance(100);
      b.passed.nowMs();
    }
    for (const member of planes.all) member.hear('p');
    expect(b.passed.nowMs() - a.passed.nowMs()).toBeGreaterThan(5_000);
    await a.plane.done(reserve(a));
    await b.follow();
    await planes.pass(1.8);
    await b.plane.done(of(b).expire());
    expect(planes.rows().length).toBe(1);
  });
});
