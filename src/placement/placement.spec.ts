import { freeOf } from './capacity.js';
import type { Placeable, Standing } from './fleet-index/placeable.js';
import { Placement, type ReservationRequest } from './placement.js';
import type { ReservationChange } from './reservations/reservation.js';

function provider(name: string, more: Partial<Placeable> = {}): Placeable {
  const place = { serviceType: 'vm', region: undefined, zone: undefined, labels: {}, capabilities: [] };
  return { name, ...place, capacity: { cpu: 4 }, allocated: {}, behind: false, ...more };
}

function placementOf(...providers: Placeable[]): Placement<Placeable> {
  const placement = new Placement<Placeable>();
  for (const one of providers) placement.put(one);
  return placement;
}

let lastId = 0;

function reserve(
  placement: Placement<Placeable>,
  cpu: number,
  more: Partial<ReservationRequest> = {},
  standingOf: (entry: Placeable) => Standing = () => 'placeable',
): ReservationChange | undefined {
  const requirement = { resources: { cpu }, capabilities: [], labels: [] };
  const choice = { strategy: 'pack', seed: 0, expiresAtMs: 1_000 } as const;
  return placement.reserve({ id: `r-${++lastId}`, requirement, ...choice, ...more }, standingOf);
}

function free(placement: Placement<Placeable>, entry: Placeable): number | undefined {
  return freeOf(entry.capacity, placement.used(entry)).cpu;
}

/** Who would be found for so many cores. */
function found(placement: Placement<Placeable>, cpu: number): string[] {
  const requirement = { resources: { cpu }, capabilities: [], labels: [] };
  return placement
    .find(requirement, { strategy: 'spread', seed: 0, limit: 10 }, () => 'placeable')
    .map(({ entry }) => entry.name);
}

describe('Placement: reservations', () => {
  it('gives the last slot to one of two callers, although nothing is durable yet', () => {
    const placement = placementOf(provider('a'));
    expect(reserve(placement, 3)?.after).toMatchObject({
      provider: 'a',
      state: 'held',
      resources: { cpu: 3 },
    });
    expect(reserve(placement, 3)).toBeUndefined();
    expect(found(placement, 1)).toEqual(['a']);
    expect(found(placement, 2)).toEqual([]);
  });

  it('gives it to the other one after the first is undone, or released for good', () => {
    const placement = placementOf(provider('a'));
    placement.undo(reserve(placement, 4) as ReservationChange);
    const second = reserve(placement, 4) as ReservationChange;
    placement.settle(second);
    const release = placement.release(second.after.id);
    expect(reserve(placement, 1)).toBeUndefined();
    placement.settle(release);
    expect(reserve(placement, 4)).toBeDefined();
  });

  it('gives it to the other one when the first has expired for good', () => {
    const placement = placementOf(provider('a'));
    placement.settle(reserve(placement, 4, { expiresAtMs: 500 }) as ReservationChange);
    const [expired] = placement.expireDue(500, 10);
    expect(reserve(placement, 1)).toBeUndefined();
    placement.settle(expired as ReservationChange);
    expect(placement.reservation(expired?.after.id as string)).toBeUndefined();
    expect(reserve(placement, 4)).toBeDefined();
  });

  it('takes the next best provider when the best is full, by the strategy asked for', () => {
    const placement = placementOf(provider('a', { allocated: { cpu: 1 } }), provider('b'), provider('c'));
    const chosen = [3, 3, 3, 3].map((cpu) => reserve(placement, cpu)?.after.provider);
    expect(chosen).toEqual(['a', 'b', 'c', undefined]);
    expect(
      reserve(placementOf(provider('a'), provider('b')), 1, { strategy: 'spread' })?.after.provider,
    ).toBe('a');
  });

  it('reserves with nobody whose deadline has passed', () => {
    const placement = placementOf(provider('a'), provider('b'));
    const standingOf = ({ name }: Placeable) => (name === 'a' ? 'excluded' : 'placeable');
    expect(reserve(placement, 1, {}, standingOf)?.after.provider).toBe('b');
  });

  it('refuses resources of which the provider has stated no capacity', () => {
    const requirement = { resources: { storage: 1 }, capabilities: [], labels: [] };
    expect(reserve(placementOf(provider('a')), 1, { requirement })).toBeUndefined();
  });

  it('keeps reservations of a provider that leaves placement and comes back, and ends those of one that is gone', () => {
    const [a] = [provider('a')];
    const placement = placementOf(a);
    placement.settle(reserve(placement, 3) as ReservationChange);
    placement.remove('a');
    placement.put(a);
    expect(found(placement, 2)).toEqual([]);
    expect(placement.forget('a')).toHaveLength(1);
    expect(placement.size).toBe(0);
    placement.put(a);
    expect(found(placement, 4)).toEqual(['a']);
  });

  it('holds after a restart what was held and confirmed before', () => {
    const placement = new Placement<Placeable>();
    const common = { provider: 'a', resources: { cpu: 1 }, expiresAtMs: 100 };
    placement.restore([
      { id: 'x', state: 'held', ...common },
      { id: 'y', state: 'confirmed', ...common },
    ]);
    placement.put(provider('a'));
    expect(found(placement, 3)).toEqual([]);
    for (const change of placement.expireDue(100, 10)) placement.settle(change);
    expect(found(placement, 3)).toEqual(['a']);
    expect(placement.confirm('y', 100).after.state).toBe('confirmed');
  });
});

describe('Placement: what the provider says, and what is reserved here', () => {
  it('counts the larger of the two as used', () => {
    const a = provider('a', { allocated: { cpu: 1 } });
    const placement = placementOf(a);
    const change = reserve(placement, 2) as ReservationChange;
    placement.settle(change);
    expect(free(placement, a)).toBe(2);
    placement.settle(placement.confirm(change.after.id, 0));
    expect(free(placement, a)).toBe(2);
    const counted = { ...a, allocated: { cpu: 3 } };
    placement.put(counted);
    expect(free(placement, counted)).toBe(1);
    placement.settle(placement.release(change.after.id));
    expect(free(placement, counted)).toBe(1);
  });

  it('does not reserve the last slot twice beside work that was not reserved here', () => {
    const a = provider('a', { allocated: { cpu: 3 } });
    const placement = placementOf(a);
    const change = reserve(placement, 1) as ReservationChange;
    placement.settle(change);
    expect(reserve(placement, 1)).toBeUndefined();
    placement.settle(placement.confirm(change.after.id, 0));
    expect(reserve(placement, 1)).toBeUndefined();
    expect(freeOf(a.capacity, placement.claimed(a))).toEqual({ cpu: 0 });
  });

  it('does not count a reservation twice that the provider says is allocated', () => {
    const a = provider('a');
    const placement = placementOf(a);
    const change = reserve(placement, 2) as ReservationChange;
    placement.settle(change);
    placement.put({ ...a, allocated: { cpu: 2 } });
    placement.settle(placement.confirm(change.after.id, 0));
    expect(reserve(placement, 2)).toBeDefined();
    expect(reserve(placement, 1)).toBeUndefined();
  });
});
