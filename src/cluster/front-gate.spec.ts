import { FrontGate } from './front-gate.js';

describe('The gate of a front', () => {
  it('is closed until the log has taken something, and nobody counts as refused before', () => {
    const gate = new FrontGate(1_000);
    expect([gate.isOpen(0), gate.admit(0), gate.takeRefusal()]).toEqual([false, false, false]);
    gate.acknowledge(0);
    expect(gate.admit(0)).toBe(true);
  });

  it('is open for as long after the newest record that the log has taken as was agreed', () => {
    const gate = new FrontGate(1_000);
    gate.acknowledge(5_000);
    gate.acknowledge(4_000);
    expect([gate.isOpen(6_000), gate.isOpen(6_001), gate.unprovenMs(6_001)]).toEqual([true, false, 1_001]);
  });

  it('says once that it refused beats, for the next watermark to tell', () => {
    const gate = new FrontGate(1_000);
    gate.acknowledge(0);
    expect([gate.admit(2_000), gate.takeRefusal(), gate.takeRefusal()]).toEqual([false, true, false]);
    gate.acknowledge(2_000);
    expect([gate.admit(2_500), gate.takeRefusal()]).toEqual([true, false]);
  });
});
