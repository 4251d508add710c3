import fc from 'fast-check';
import { ManualClock } from '../time/manual-clock.js';
import { RunningClock } from '../time/running-clock.js';
import { type IntervalSettings, IntervalPolicy } from './interval-policy.js';
import { NamedLeases } from '../../test/support/named-leases.js';

const SETTINGS: IntervalSettings = { baseMs: 2_000, missedBeats: 2, graceMs: 300, maxHeartbeatsPerSecond: 1 };
const TICK_MS = 50;
const SLOT_MS = 20;

interface Model {
  deadlineMs: number;
  state: 'Unknown' | 'Available' | 'Unavailable';
  told: number[];
  receivedMs: number;
}

/** The intervals told, newest last; answers less than a second apart count as one. */
function tell(model: Model, advertisedMs: number, nowMs: number): void {
  const together = nowMs - model.receivedMs < 1_000;
  model.told.push(together ? Math.max(model.told.pop() as number, advertisedMs) : advertisedMs);
}

/** The deadline rule, written down a second time and without a queue. */
function extend(model: Model, nowMs: number): void {
  const longestMs = Math.max(SETTINGS.baseMs, ...model.told.slice(-3));
  model.receivedMs = nowMs;
  model.deadlineMs = Math.max(model.deadlineMs, nowMs + SETTINGS.missedBeats * longestMs + SETTINGS.graceMs);
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('beat' as const), id: fc.nat(11) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('run' as const), ms: fc.nat(4_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: fc.integer({ min: 251, max: 60_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('register' as const), id: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), id: fc.nat(11) }) },
);

describe('LeaseTable: laws', () => {
  it('decides as the deadline rule says, over any sequence: never early, once, within one slot and one tick', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer(), (steps, seed) => {
        const clock = new ManualClock();
        const running = new RunningClock(clock);
        let state = seed >>> 0;
        const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
        const policy = new IntervalPolicy(SETTINGS, random);
        const table = new NamedLeases(running, policy);
        const models = new Map<string, Model>();

        const sweep = () => {
          const nowMs = running.nowMs();
          for (const { subject, from } of table.sweep(3)) {
            const model = models.get(subject) as Model;
            expect(from).toBe(model.state);
            expect(model.state).not.toBe('Unavailable');
            expect(model.deadlineMs).toBeLessThanOrEqual(nowMs);
            model.state = 'Unavailable';
          }
        };
        const noneIsMissed = () => {
          const nowMs = running.nowMs();
          for (const [name, model] of models) {
            if (model.state !== 'Unavailable')
              expect(nowMs).toBeLessThan(model.deadlineMs + SLOT_MS + TICK_MS);
            const passed = model.state === 'Unavailable' || nowMs >= model.deadlineMs;
            expect(table.view(name)?.availability === 'Unavailable').toBe(passed);
          }
        };

        for (const one of steps) {
          if (one.kind === 'run' || one.kind === 'pause') {
            if (one.kind === 'pause') clock.jump(one.ms);
            for (let leftMs = one.kind === 'run' ? one.ms : TICK_MS; leftMs > 0; leftMs -= TICK_MS) {
              if (one.kind === 'run') clock.jump(Math.min(TICK_MS, leftMs));
              for (let batch = 0; batch < 4; batch++) sweep();
              noneIsMissed();
            }
            continue;
          }
          const name = `p${one.id}`;
          const nowMs = running.nowMs();
          const model = models.get(name);
          if (one.kind === 'revoke') {
            expect(table.revoke(name)).toBe(model?.state);
            models.delete(name);
          } else if (one.kind === 'register') {
            table.register(name);
            const longestMs = policy.longestMs(table.size);
            const told = [longestMs, longestMs, longestMs];
            const fresh: Model = model ?? { deadlineMs: 0, state: 'Unknown', told, receivedMs: nowMs };
            if (fresh.state !== 'Unavailable') extend(fresh, nowMs);
            models.set(name, fresh);
          } else {
            const renewal = table.renew(name);
            expect(renewal === undefined).toBe(model === undefined);
            if (!renewal || !model) continue;
            expect(renewal.transition?.from).toBe(model.state === 'Available' ? undefined : model.state);
            model.state = 'Available';
            tell(model, renewal.nextIntervalSeconds * 1_000, nowMs);
            extend(model, nowMs);
          }
        }
      }),
    );
  });

  it('never expires who keeps to the allowed silence, and expires who stops exactly once and in time', () => {
    const gaps = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(gaps, fc.double({ min: 0, max: 0.999, noNaN: true }), (shares, draw) => {
        const clock = new ManualClock();
        const running = new RunningClock(clock);
        const policy = new IntervalPolicy({ ...SETTINGS, baseMs: 10_000 }, () => draw);
        const table = new NamedLeases(running, policy);
        const transitions: string[] = [];
        const runFor = (ms: number) => {
          for (let leftMs = ms; leftMs > 0; leftMs -= SLOT_MS) {
            clock.jump(Math.min(SLOT_MS, leftMs));
            transitions.push(...table.sweep(10).map(({ to }) => to));
          }
        };
        const remainingMs = () => table.view('a')?.remainingMs as number;

        table.register('a');
        for (const share of shares) {
          runFor(share * remainingMs());
          table.renew('a');
        }
        expect(transitions).toEqual([]);
        runFor(remainingMs() + 2 * SLOT_MS);
        expect(transitions).toEqual(['Unavailable']);
        runFor(40_000);
        expect(transitions).toEqual(['Unavailable']);
      }),
    );
  });
});
