import { ManualClock } from '@vitals/core/time';
import type { Phase } from '../wire/provider.js';
import { PhaseWatch } from './phase.watch.js';

/** A watch whose check gives these in turn, the last one for ever. */
function watching(findings: Phase[], tookMs = 0) {
  const clock = new ManualClock();
  const startedMs: number[] = [];
  const told: Phase[] = [];
  const over = new AbortController();
  const check = () => {
    startedMs.push(clock.monotonicMs());
    const phase = (findings.length > 1 ? findings.shift() : findings[0]) as Phase;
    return new Promise<{ phase: Phase; why: string }>((resolve) => {
      clock.after(tookMs, () => resolve({ phase, why: 'because' }));
    });
  };
  const watch = new PhaseWatch(check, 5_000, clock, ({ phase }) => told.push(phase));
  return { clock, watch, startedMs, told, over, running: watch.run(over.signal) };
}

describe('PhaseWatch', () => {
  it('tells the first finding and every change, not what stays as it is', async () => {
    const { clock, watch, told } = watching(['NotReady', 'NotReady', 'Ready', 'Ready']);
    expect(watch.phase).toBe('Starting');
    await clock.advance(20_000);
    expect([told, watch.phase]).toEqual([['NotReady', 'Ready'], 'Ready']);
  });

  it('checks at its interval, counted from the start of a check', async () => {
    const { clock, startedMs } = watching(['Ready'], 2_000);
    await clock.advance(11_000);
    expect(startedMs).toEqual([0, 5_000, 10_000]);
  });

  it('never runs two checks at a time', async () => {
    const { clock, startedMs } = watching(['Ready'], 7_000);
    await clock.advance(20_000);
    expect(startedMs).toEqual([0, 7_000, 14_000]);
  });

  it('ends in its sleep, and tells nothing that is found after its end', async () => {
    const { clock, over, running, told } = watching(['Ready', 'NotReady'], 1_000);
    await clock.advance(5_500);
    over.abort();
    await clock.advance(1_000);
    await running;
    expect(told).toEqual(['Ready']);
  });
});
