import { Engine } from '../engine/engine.js';
import { Standstill } from './standstill.js';

describe('Standstill', () => {
  it('leaves every standstill out of the running time, overlapping ones once', () => {
    const engine = new Engine();
    engine.runUntil(500);
    const standstill = new Standstill(engine);
    const runningAt = (atMs: number) => {
      engine.runUntil(atMs);
      return standstill.runningMs;
    };
    expect(runningAt(600)).toBe(100);
    standstill.until(1_000);
    expect([standstill.isNow, runningAt(800)]).toEqual([true, 100]);
    standstill.until(1_200);
    standstill.until(900);
    expect([runningAt(1_199), standstill.isNow]).toEqual([100, true]);
    expect([runningAt(1_300), standstill.isNow]).toEqual([200, false]);
    standstill.until(1_310);
    expect(runningAt(1_400)).toBe(290);
  });
});
