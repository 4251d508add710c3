import fc from 'fast-check';
import type { Placeable } from './fleet-index/placeable.js';
import { Placement } from './placement.js';
import type { ReservationChange } from './reservations/reservation.js';

const CORES = 8;
const TTL_MS = 50;

/** Work of others on a provider, which it always counts. */
const OUTSIDE = [0, 1, 3, 7];

const step = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), cpu: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constantFrom('confirm' as const, 'release' as const), which: fc.nat(50) }),
  fc.record({ kind: fc.constantFrom('settle' as const, 'undo' as const), which: fc.nat(10) }),
  fc.record({ kind: fc.constantFrom('report' as const, 'flip' as const), which: fc.nat(3) }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.nat(60) }),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A fleet of four, its store, and the time. What the store has is what callers were answered. */
class World {
  readonly placement = new Placement<Placeable>();
  readonly fleet = OUTSIDE.map((cpu, index) => provider(`p-${index}`, cpu));
  readonly absent = new Set<string>();
  readonly durable = new Map<string, ReservationChange['after']>();
  readonly pending: ReservationChange[] = [];
  readonly ids: string[] = [];
  nowMs = 0;

  constructor() {
    for (const one of this.fleet) this.placement.put(one);
  }

  run(one: Step): void {
    switch (one.kind) {
      case 'reserve': {
        const id = `r-${this.ids.length}`;
        const requirement = { resources: { cpu: one.cpu }, capabilities: [], labels: [] };
        const choice = { strategy: 'pack', seed: 0, expiresAtMs: this.nowMs + TTL_MS } as const;
        this.begin(() => this.placement.reserve({ id, requirement, ...choice }, () => 'placeable'));
        this.ids.push(id);
        return;
      }
      case 'confirm':
        return this.begin(() => this.placement.confirm(this.ids[one.which] ?? 'none', this.nowMs));
      case 'release':
        return this.begin(() => this.placement.release(this.ids[one.which] ?? 'none'));
      case 'settle':
      case 'undo':
        for (const change of this.pending.splice(one.which, 1)) this.end(change, one.kind);
        return;
      case 'report':
        return this.report(one.which);
      case 'flip':
        return this.flip(`p-${one.which}`);
      case 'time':
        this.nowMs += one.ms;
        this.pending.push(...this.placement.expireDue(this.nowMs, 2));
        return;
      default:
        one satisfies never;
    }
  }

  /** What the provider runs, and what was promised of it to anybody, in cores. */
  taken(index: number): number {
    const promised = [...this.durable.values()].filter(({ provider: name }) => name === `p-${index}`);
    return promised.reduce((sum, { resources }) => sum + (resources.cpu as number), OUTSIDE[index] as number);
  }

  private begin(change: () => ReservationChange | undefined): void {
    try {
      const begun = change();
      if (begun) this.pending.push(begun);
    } catch (error) {
      expect(['reservation-not-found', 'reservation-expired', 'overloaded']).toContain(
        (error as { code: string }).code,
      );
    }
  }

  private end(change: ReservationChange, verb: 'settle' | 'undo'): void {
    const { id, state } = change.after;
    if (verb === 'settle') {
      if (state === 'held' || state === 'confirmed') this.durable.set(id, change.after);
      else this.durable.delete(id);
    }
    this.placement[verb](change);
  }

  /** It counts what it was ever promised for, durable or not. */
  private report(index: number): void {
    const name = `p-${index}`;
    const begun = this.pending.filter(({ before, after }) => !before && after.provider === name);
    const cpu = begun.reduce((sum, { after }) => sum + (after.resources.cpu as number), this.taken(index));
    this.fleet[index] = provider(name, cpu);
    if (!this.absent.has(name)) this.placement.put(this.fleet[index]);
  }

  private flip(name: string): void {
    if (this.absent.delete(name))
      this.placement.put(this.fleet.find((one) => one.name === name) as Placeable);
    else if (this.placement.remove(name)) this.absent.add(name);
  }
}

function provider(name: string, cpu: number): Placeable {
  const place = { serviceType: 'vm', region: undefined, zone: undefined, labels: {}, capabilities: [] };
  return { name, ...place, capacity: { cpu: CORES }, allocated: { cpu }, behind: false };
}

describe('Placement: laws', () => {
  it('never promises more than there is, whatever is undone, expires, reports, leaves or comes back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const world = new World();
        let most = 0;
        for (const one of steps) {
          world.run(one);
          most = Math.max(most, ...OUTSIDE.map((_, index) => world.taken(index)));
        }
        expect(most).toBeLessThanOrEqual(CORES);
      }),
      { numRuns: 200 },
    );
  });

  it('knows exactly what is durable, once nothing is being written', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        const world = new World();
        for (const one of steps) world.run(one);
        while (world.pending.length > 0) world.run({ kind: 'settle', which: 0 });
        for (const id of world.ids) expect(world.placement.reservation(id)).toEqual(world.durable.get(id));
        const again = new Placement<Placeable>();
        again.restore(world.durable.values());
        for (const one of world.fleet) expect(again.used(one)).toEqual(world.placement.used(one));
      }),
    );
  });
});
