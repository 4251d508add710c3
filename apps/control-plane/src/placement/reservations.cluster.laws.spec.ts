import fc from 'fast-check';
import type { JoinedPlane } from '../../test/joined-planes.js';
import { CORES, of, PlacingPlanes, reserve, TTL_MS } from '../../test/placing-planes.js';
import { Journal } from '../database/journal.js';
import { PlacementService } from './placement.service.js';

let planes: PlacingPlanes;
let a: JoinedPlane;
let b: JoinedPlane;

beforeEach(async () => {
  planes = await PlacingPlanes.two();
  [a, b] = planes.all as [JoinedPlane, JoinedPlane];
});

/** What somebody does, on one of the two. */
type Command =
  | { readonly kind: 'reserve'; readonly on: number; readonly cpu: number }
  | { readonly kind: 'confirm' | 'release'; readonly on: number; readonly which: number }
  | { readonly kind: 'expire' | 'follow' | 'own'; readonly on: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'turn' };

const on = fc.nat(1);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      on,
      cpu: fc.integer({ min: 1, max: CORES }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('confirm' as const, 'release' as const),
      on,
      which: fc.nat(20),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('expire' as const, 'follow' as const, 'own' as const), on }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 50, max: 900 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'turn' } as const) },
);

describe('Reservations of two control planes, whatever is done in whatever order', () => {
  it('never exceed what there is, and nothing that was answered is lost', async () => {
    await planes.ready('p', 'q');
    const property = fc.asyncProperty(
      fc.array(command, { minLength: 20, maxLength: 80 }),
      async (commands) => {
        /** What was answered: until when it is held, or that it is kept or was released. */
        const known = new Map<string, { untilMs: number; state: 'held' | 'confirmed' | 'ending' }>();
        const begun: Promise<unknown>[] = [];
        const run = (work: Promise<unknown>): void => void begun.push(work.catch(() => undefined));
        const assertSound = (): void => {
          const used = new Map<string, number>();
          for (const { provider, resources } of planes.rows())
            used.set(provider, (used.get(provider) ?? 0) + (resources.cpu ?? 0));
          for (const cpu of used.values()) expect(cpu).toBeLessThanOrEqual(CORES);
          const stored = new Map(planes.rows().map((row) => [row.id, row]));
          for (const [id, { untilMs, state }] of known) {
            if (state === 'confirmed') expect(stored.get(id)?.confirmed).toBe(true);
            if (state === 'held' && planes.clock.monotonicMs() < untilMs) expect(stored.has(id)).toBe(true);
          }
        };
        for (const one of commands) {
          const member = 'on' in one ? (planes.all[one.on] as JoinedPlane) : a;
          const id = 'which' in one ? ([...known.keys()][one.which % Math.max(1, known.size)] ?? '') : '';
          const about = known.get(id);
          switch (one.kind) {
            case 'reserve': {
              const untilMs = planes.clock.monotonicMs() + TTL_MS;
              run(reserve(member, one.cpu).then((made) => known.set(made.id, { untilMs, state: 'held' })));
              break;
            }
            case 'confirm':
              run(
                of(member)
                  .confirm(id)
                  .then(() => {
                    if (about?.state === 'held') about.state = 'confirmed';
                  }),
              );
              break;
            case 'release':
              if (about) about.state = 'ending';
              run(of(member).release(id));
              break;
            case 'expire':
              run(of(member).expire());
              break;
            case 'follow':
              run(member.plane.get(Journal).follow());
              break;
            case 'own':
              planes.grants.give(member.owned, undefined, { unaware: one.on === 0 ? b.owned : a.owned });
              break;
            case 'pass':
              for (let left = one.ms; left > 0; left -= 100) {
                await planes.clock.advance(Math.min(100, left));
                for (const each of planes.all) each.passed.nowMs();
              }
              for (const each of planes.all) for (const name of ['p', 'q']) each.hear(name);
              break;
            case 'turn':
              await planes.clock.advance(0);
              break;
            default:
              one satisfies never;
          }
          assertSound();
        }
        await a.plane.done(Promise.all(begun));
        await planes.follow();
        assertSound();
        for (const { plane } of planes.all) {
          const { placement } = plane.get(PlacementService);
          const states = planes.rows().map(({ id, confirmed }) => [id, confirmed ? 'confirmed' : 'held']);
          expect(placement.reservations).toBe(states.length);
          expect(states.map(([id]) => [id, placement.reservation(id as string)?.state])).toEqual(states);
        }
        for (const { id } of planes.rows()) await a.plane.done(of(a).release(id));
        await b.follow();
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);
});
