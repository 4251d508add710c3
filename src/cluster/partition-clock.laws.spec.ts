import fc from 'fast-check';
import { PartitionClock } from './partition-clock.js';

const INSTANCES = ['a', 'b', 'c'];
const SLACK_MS = 1_000;

const step = fc.record({
  waitMs: fc.oneof(fc.nat(800), fc.nat(60_000)),
  instance: fc.constantFrom(...INSTANCES),
  ranMs: fc.oneof(fc.constant(500), fc.nat(70_000)),
  kind: fc.constantFrom(
    'watermark',
    'watermark',
    'watermark',
    'watermark',
    'leave',
    'join',
    'behind',
    'caught up',
  ),
});

/** What a live instance has proved, span by span: when it was read, what was counted then, and its own clock. */
interface Proof {
  readonly countedMs: number;
  readonly sentMs: number;
}

describe('The clock of a partition: laws', () => {
  it('never decreases, never outruns the process, and over no span counts more than an instance ran, and the slack', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const clock = new PartitionClock(SLACK_MS, 0);
        clock.catchUp(0);
        const proofs = new Map<string, Proof[]>();
        const sent = new Map(INSTANCES.map((instance, at) => [instance, at * 3_600_000]));
        let nowMs = 0;
        let countedMs = 0;
        for (const { waitMs, instance, ranMs, kind } of steps) {
          nowMs += waitMs;
          const beforeMs = countedMs;
          countedMs = clock.read(nowMs);
          expect(countedMs).toBeGreaterThanOrEqual(beforeMs);
          expect(countedMs - beforeMs).toBeLessThanOrEqual(waitMs);
          for (const spans of proofs.values()) {
            const { sentMs } = spans.at(-1) as Proof;
            for (const span of spans)
              expect(countedMs - span.countedMs).toBeLessThanOrEqual(sentMs - span.sentMs + SLACK_MS);
          }
          if (kind === 'watermark') {
            const sentMs = (sent.get(instance) as number) + ranMs;
            sent.set(instance, sentMs);
            clock.watermark(instance, sentMs, nowMs);
            const spans = proofs.get(instance) ?? [];
            proofs.set(instance, [...spans, { countedMs, sentMs }]);
          } else if (kind === 'leave') {
            expect(clock.leave(instance, nowMs)).toBe(proofs.delete(instance));
          } else if (kind === 'join') {
            if (!proofs.has(instance)) clock.leave(instance, nowMs);
          } else if (kind === 'behind') clock.fallBehind(nowMs);
          else clock.catchUp(nowMs);
          expect(clock.read(nowMs)).toBe(countedMs);
          const { forMs = 0 } = clock.standstill(nowMs) ?? {};
          expect(forMs).toBeLessThanOrEqual(nowMs);
        }
        expect(countedMs + clock.pausedMs).toBe(nowMs);
      }),
    );
  });

  it('counts everything while lag stays within the slack beyond the interval of the watermarks', () => {
    const late = fc.array(fc.nat(400), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(late, (delays) => {
        const clock = new PartitionClock(SLACK_MS, 0);
        clock.catchUp(0);
        clock.watermark('a', -SLACK_MS, 0);
        clock.watermark('a', 0, 0);
        let endMs = 0;
        delays.forEach((delayMs, at) => {
          const sentMs = (at + 1) * 500;
          endMs = sentMs + delayMs;
          clock.watermark('a', sentMs, endMs);
        });
        expect(clock.read(endMs)).toBe(endMs);
        expect(clock.standstill(endMs)).toBeUndefined();
      }),
    );
  });
});
