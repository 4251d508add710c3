import { CommandAges } from './command.ages.js';

const HOUR_MS = 3_600_000;
let ages: CommandAges;

beforeEach(() => {
  ages = new CommandAges();
});

/** How long one waited that was sent and came then, where the sender's clock is an hour ahead. */
function waited(sentMs: number, cameMs: number, epoch = 1, instance = 'a'): number {
  return ages.waitedMs(0, { epoch, instance, sentMs: sentMs + HOUR_MS }, cameMs);
}

describe('the age of commands', () => {
  it('is what they took longer than the quickest, whatever the clocks say', () => {
    expect([waited(0, 40), waited(1_000, 1_010), waited(2_000, 2_100)]).toEqual([0, 0, 90]);
  });

  it('is that of an outage for those that waited it out', () => {
    waited(0, 10);
    expect([waited(10_000, 70_000), waited(69_000, 70_000), waited(70_000, 70_010)]).toEqual([
      59_990, 990, 0,
    ]);
  });

  it('begins anew with another owner, whose first command is one that came at once', () => {
    waited(0, 10);
    expect(waited(-HOUR_MS, 5_000, 2, 'b')).toBe(0);
    expect(waited(-HOUR_MS + 1_000, 8_000, 2, 'b')).toBe(2_000);
  });

  it('is told of each partition by its own sender', () => {
    ages.waitedMs(1, { epoch: 7, instance: 'b', sentMs: 0 }, 100);
    waited(0, 10);
    expect(ages.waitedMs(1, { epoch: 7, instance: 'b', sentMs: 1_000 }, 1_400)).toBe(300);
  });

  it('follows clocks that drift apart, and is not made to forget by a long outage', () => {
    waited(0, 10);
    let drifted = 0;
    for (let minute = 1; minute <= 600; minute++)
      drifted = waited(minute * 60_000, minute * 60_000 + 10 + minute * 5);
    expect(drifted).toBeLessThanOrEqual(200);
    const outage = 600 * 60_000;
    expect(waited(outage + 1_000, outage + 500_000)).toBeGreaterThan(490_000);
  });

  it('is right again within two minutes where the clock of a sender that goes on stood still for some seconds', () => {
    const stoodMs = 4_000;
    for (let second = 0; second < 100; second++) waited(second * 1_000, second * 1_000 + 10);
    const after = (second: number): number => waited(second * 1_000 - stoodMs, second * 1_000 + 10);
    expect(after(100)).toBe(stoodMs);
    let last = Infinity;
    for (let second = 101; second <= 220; second++) last = after(second);
    expect(last).toBe(0);
  });
});
