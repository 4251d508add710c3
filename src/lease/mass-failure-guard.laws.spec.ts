import fc from 'fast-check';
import { type MassFailure, MassFailureGuard, type RecoveredProvider } from './mass-failure-guard.js';

const SETTINGS = { share: 0.55, atLeast: 4, windowMs: 32_000 };
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
          const fleetIs = models.get('fleet')?.frozen === true;
          for (const zone of ZONES) {
            expect(guard.isFrozen(zone)).toBe(fleetIs || models.get(zone ?? 'fleet')?.frozen === true);
          }
        }
        for (const [name, kinds] of raised) {
          expect(kinds).toEqual(kinds.map((_, at) => (at % 2 === 0 ? 'began' : 'ended')));
          expect(kinds.at(-1) === 'began').toBe(models.get(name)?.frozen);
        }
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
        const recovered: RecoveredProvider[] = fleet.map(({ zone, goesAtMs }) => ({
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
