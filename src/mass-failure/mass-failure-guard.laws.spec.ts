import fc from 'fast-check';
import type { MassFailure, RecoveredMember } from './mass-failure.js';
import { MassFailureGuard } from './mass-failure-guard.js';

const SETTINGS = { share: 0.55, atLeast: 4, windowMs: 32_000, holdMs: 100_000 };
/** The window is cut into parts of this width; at multiples of it the guard is exact. */
const PART_MS = 1_000;
const ZONES = ['a', 'b', undefined];

interface Provider {
  readonly zone: string | undefined;
  wentMs: number | undefined;
}

/** The rule, written down a second time, over a list of who is there and who went when. */
class Model {
  frozen = false;
  went: number[] = [];
  peak = 0;

  constructor(private readonly covers: (zone: string | undefined) => boolean) {}

  judge(providers: readonly Provider[], nowMs: number): void {
    const own = providers.filter(({ zone }) => this.covers(zone));
    const away = own.filter(({ wentMs }) => wentMs !== undefined).length;
    const within = this.went.filter((wentMs) => nowMs - wentMs <= SETTINGS.windowMs).length;
    const enough = (count: number) => count >= SETTINGS.atLeast && count > SETTINGS.share * own.length;
    if (this.frozen) {
      this.frozen = enough(away);
      return;
    }
    if (this.peak > 0 && 2 * away <= this.peak) {
      this.peak = 0;
      this.went = [];
      return;
    }
    this.frozen = away > this.peak && enough(Math.min(within, away));
    if (this.frozen) this.peak = away;
  }

  go(zone: string | undefined, nowMs: number): void {
    if (this.covers(zone)) this.went.push(nowMs);
  }
}

/** More than half the share of them are away, and at least 4. */
function isHit(providers: readonly Provider[]): boolean {
  const away = providers.filter(({ wentMs }) => wentMs !== undefined).length;
  return away >= SETTINGS.atLeast && away > (SETTINGS.share / 2) * providers.length;
}

/** Whether a member of the zone is held: its zone fails, or the fleet does and it is not known to stand apart. */
function isHeld(
  zone: string | undefined,
  providers: readonly Provider[],
  models: ReadonlyMap<string, Model>,
): boolean {
  const fails = (one: string | undefined) => one !== undefined && models.get(one)?.frozen === true;
  if (fails(zone)) return true;
  const own = providers.filter((provider) => provider.zone === zone);
  const away = own.filter(({ wentMs }) => wentMs !== undefined).length;
  const isWell = own.length >= SETTINGS.atLeast && away <= (SETTINGS.share / 2) * own.length;
  return fails('fleet') && !isWell && isHit(providers.filter((provider) => !fails(provider.zone)));
}

const step = fc.record({
  kind: fc.constantFrom('join', 'leave', 'change', 'change', 'change', 'wait'),
  pick: fc.nat(1_000),
});

describe('MassFailureGuard: laws', () => {
  it('freezes and thaws as the rule says, and raises each beginning and each end once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 0, max: 30 }), (steps, initially) => {
        const guard = new MassFailureGuard(SETTINGS);
        const providers: Provider[] = [];
        const models = new Map<string, Model>([
          ['fleet', new Model(() => true)],
          ['a', new Model((zone) => zone === 'a')],
          ['b', new Model((zone) => zone === 'b')],
        ]);
        const raised = new Map<string, string[]>();
        let nowMs = 0;
        const note = (events: readonly MassFailure[]) => {
          for (const { scope, kind } of events) {
            const name = scope === 'fleet' ? scope : scope.zone;
            raised.set(name, [...(raised.get(name) ?? []), kind]);
          }
          for (const model of models.values()) model.judge(providers, nowMs);
        };
        const join = (pick: number) => {
          const zone = ZONES[pick % ZONES.length];
          providers.push({ zone, wentMs: undefined });
          note(guard.joined(zone));
        };
        for (let pick = 0; pick < initially; pick++) join(pick);
        for (const { kind, pick } of steps) {
          const provider = providers[pick % Math.max(1, providers.length)];
          if (kind === 'join') join(pick);
          else if (kind === 'wait') nowMs += PART_MS * (pick % 20);
          else if (!provider) continue;
          else if (kind === 'leave') {
            providers.splice(providers.indexOf(provider), 1);
            note(guard.left(provider.zone, provider.wentMs !== undefined));
          } else if (provider.wentMs === undefined) {
            provider.wentMs = nowMs;
            for (const model of models.values()) model.go(provider.zone, nowMs);
            note(guard.went(provider.zone, nowMs));
          } else {
            provider.wentMs = undefined;
            note(guard.returned(provider.zone));
          }
          for (const zone of ZONES) expect(guard.isFrozen(zone)).toBe(isHeld(zone, providers, models));
        }
        for (const [name, kinds] of raised) {
          expect(kinds).toEqual(kinds.map((_, at) => (at % 2 === 0 ? 'began' : 'ended')));
          expect(kinds.at(-1) === 'began').toBe(models.get(name)?.frozen);
        }
      }),
    );
  });

  it('never holds a zone that is well, nor anybody for a zone that fails alone', () => {
    const zone = fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(zone, { minLength: 1, maxLength: 8 }), (zones) => {
        const guard = new MassFailureGuard(SETTINGS);
        const gone = zones.map(({ size, share }) => Math.round(size * share));
        zones.forEach(({ size }, name) => {
          for (let at = 0; at < size; at++) guard.joined(`z${name}`);
        });
        gone.forEach((count, name) => {
          for (let at = 0; at < count; at++) guard.went(`z${name}`, 0);
        });
        const failing = zones.map((_, name) => guard.isFailing({ zone: `z${name}` }));
        const elsewhere = gone.filter((_, name) => !failing[name]).reduce((sum, count) => sum + count, 0);
        zones.forEach(({ size }, name) => {
          const count = gone[name] as number;
          const held = guard.isFrozen(`z${name}`);
          if (failing[name]) expect(held).toBe(true);
          else if (elsewhere < SETTINGS.atLeast) expect(held).toBe(false);
          else if (size >= SETTINGS.atLeast && 4 * count <= size) expect(held).toBe(false);
          // the promise: more than 55 % of the fleet, and no zone of its own to blame for it
          else if (guard.isFailing('fleet') && !failing.includes(true)) {
            expect(held).toBe(size < SETTINGS.atLeast || count > (SETTINGS.share / 2) * size);
          }
        });
      }),
    );
  });

  it('ends every mass failure after the hold, whatever happens before, and lets nobody freeze who is settled', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 8, max: 40 }), (steps, size) => {
        const guard = new MassFailureGuard(SETTINGS);
        const away = new Map<string | undefined, number>();
        for (let at = 0; at < size; at++) guard.joined(ZONES[at % ZONES.length]);
        let nowMs = 0;
        for (const { kind, pick } of steps) {
          const zone = ZONES[pick % ZONES.length];
          const gone = away.get(zone) ?? 0;
          const well = Math.floor((size + ZONES.length - 1 - ZONES.indexOf(zone)) / ZONES.length) - gone;
          if (kind === 'wait') nowMs += PART_MS * (pick % 20);
          else if (kind === 'leave' && gone > 0) {
            guard.returned(zone);
            away.set(zone, gone - 1);
          } else if (well > 0) {
            guard.went(zone, nowMs);
            away.set(zone, gone + 1);
          }
        }
        for (const scope of guard.overdue(nowMs + SETTINGS.holdMs)) {
          guard.end(scope);
          for (const zone of ZONES) {
            if (scope !== 'fleet' && scope.zone !== zone) continue;
            guard.settled(zone, away.get(zone) ?? 0);
            away.delete(zone);
          }
        }
        expect(guard.current()).toEqual([]);
        expect(ZONES.map((zone) => guard.isFrozen(zone))).toEqual([false, false, false]);
      }),
    );
  });

  it('is frozen after a restart where it was before, as long as nobody had returned', () => {
    const provider = fc.record({
      zone: fc.constantFrom(...ZONES),
      goesAtMs: fc.option(fc.nat(100).map((part) => part * PART_MS)),
    });
    fc.assert(
      fc.property(fc.array(provider, { maxLength: 60 }), (fleet) => {
        const before = new MassFailureGuard(SETTINGS);
        for (const { zone } of fleet) before.joined(zone);
        const going = fleet.filter(({ goesAtMs }) => goesAtMs !== null);
        for (const { zone, goesAtMs } of going.sort((a, b) => Number(a.goesAtMs) - Number(b.goesAtMs))) {
          before.went(zone, Number(goesAtMs));
        }
        const after = new MassFailureGuard(SETTINGS);
        const recovered: RecoveredMember[] = fleet.map(({ zone, goesAtMs }) => ({
          zone,
          unavailableMsAgo: goesAtMs === null ? undefined : 200_000 - goesAtMs,
        }));
        after.recover(recovered, 64_000);
        const byScope = (guard: MassFailureGuard) =>
          new Set(guard.current().map((event) => JSON.stringify(event)));
        expect(byScope(after)).toEqual(byScope(before));
      }),
    );
  });
});
