import { type JoinedPlane, JoinedPlanes } from '../../test/joined-planes.js';
import { OperationsService } from '../providers/operations.service.js';
import { PlacementModule } from './placement.module.js';
import { PlacementService } from './placement.service.js';
import { RESERVATIONS } from './reservation.rows.js';
import { ReservationsService } from './reservations.service.js';

const CORES = 4;
const TTL_MS = 2_000;

let planes: JoinedPlanes;
let a: JoinedPlane;
let b: JoinedPlane;

beforeEach(async () => {
  planes = new JoinedPlanes([PlacementModule]);
  a = await planes.join();
  b = await planes.join();
  // both are in step by then
  await planes.pass(30);
});

/** Providers that both may place on. */
async function ready(...names: string[]): Promise<void> {
  for (const name of names) await a.register(name, CORES);
  await planes.follow();
  for (const plane of planes.all) for (const name of names) plane.hear(name);
}

const of = ({ plane }: JoinedPlane): ReservationsService => plane.get(ReservationsService);

function reserve(on: JoinedPlane, cpu = CORES) {
  const requirement = { resources: { cpu }, capabilities: [], labels: [] };
  return of(on).reserve(requirement, { strategy: 'pack', seed: 0 }, TTL_MS);
}

const rows = () => planes.store.rows(RESERVATIONS);

describe('Reservations of two control planes', () => {
  it('never are two of the same last slot, however many ask both at once', async () => {
    await ready('p');
    const asked = planes.all.flatMap((member) => [1, 2, 3].map(() => member.outcome(reserve(member))));
    expect((await Promise.all(asked)).toSorted()).toEqual([...Array(5).fill('no-candidate'), 'p']);
    expect(rows().length).toBe(1);
  });

  it('go to the next best provider when the other was first', async () => {
    await ready('p', 'q', 'r');
    const asked = planes.all.map((member) => member.outcome(reserve(member)));
    expect(new Set(await Promise.all(asked)).size).toBe(2);
    expect(await a.outcome(reserve(a))).not.toBe('no-candidate');
    expect(await b.outcome(reserve(b))).toBe('no-candidate');
  });

  it('are known, confirmed and released on either', async () => {
    await ready('p');
    const { id } = await a.plane.done(reserve(a));
    expect(await b.plane.done(of(b).confirm(id))).toMatchObject({ id, state: 'confirmed' });
    await a.follow();
    expect(of(a).get(id).state).toBe('confirmed');
    expect(await a.outcome(of(a).release(id))).toBe('done');
    expect(await b.outcome(of(b).release(id))).toBe('reservation-not-found');
    expect(await b.outcome(reserve(b))).toBe('p');
  });

  it('end by whoever owns their provider, and by nobody else', async () => {
    await ready('p');
    await a.plane.done(reserve(a));
    planes.grants.give(b.owned);
    await planes.pass(3);
    await a.plane.done(of(a).expire());
    expect(rows().length).toBe(1);
    await b.follow();
    await b.plane.done(of(b).expire());
    await a.follow();
    expect([rows().length, a.plane.get(PlacementService).placement.reservations]).toEqual([0, 0]);
  });

  it('end by the next owner when the one before is gone, or only believes that it owns', async () => {
    await ready('p');
    planes.grants.give(a.owned);
    const { id } = await a.plane.done(reserve(a));
    await b.follow();
    planes.grants.give(b.owned, undefined, { unaware: a.owned });
    await planes.pass(3);
    await a.plane.done(of(a).expire());
    expect([rows().length, of(a).get(id).state]).toEqual([1, 'held']);
    await planes.pass(1);
    await b.plane.done(of(b).expire());
    expect(rows().length).toBe(0);
  });

  it('are confirmed or have expired, when both are tried at once, and whoever asks hears which', async () => {
    await ready('p');
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
      expect(rows().map(({ confirmed: isKept }) => isKept)).toEqual(answer === 'p' ? [true] : []);
      await planes.follow();
      if (answer === 'p') expect(await b.outcome(of(b).release(id))).toBe('done');
    }
    expect([...heard].toSorted()).toContain('p');
    expect(heard.size).toBeGreaterThan(1);
  });

  it('are gone with their provider, also for whoever reserves on the other at that moment', async () => {
    await ready('p');
    const [removed, reserved] = await Promise.all([
      b.outcome(b.plane.get(OperationsService).remove('p')),
      a.outcome(reserve(a)),
    ]);
    expect(removed).toBe('done');
    expect(['no-candidate', 'p']).toContain(reserved);
    await a.follow();
    expect([rows(), a.plane.get(PlacementService).placement.reservations]).toEqual([[], 0]);
  });

  it('last no less than was asked where the one that makes them stood still before', async () => {
    await ready('p');
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
    expect(rows().length).toBe(1);
  });
});
