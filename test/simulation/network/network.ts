import type { Random } from '../engine/random.js';
import type { Delays, Scenario } from '../scenario.js';

/** The longest that a message takes each way, in milliseconds. */
export const MAX_DELAY_MS = 2_000;

/** Whoever sends over the network: what it lost in a row, and until when it is cut off. */
export interface Line {
  lostInARow: number;
  cutOffUntilMs: number;
}

/**
 * A network that loses, delays and reorders; within the fault model it never loses more exchanges in a row
 * than it may, a lost answer counting like a lost beat.
 */
export class Network {
  private readonly delays: Delays;

  constructor(
    private readonly scenario: Pick<Scenario, 'loss' | 'lossesInARow' | 'delays'>,
    private readonly random: Random,
  ) {
    this.delays = scenario.delays;
  }

  /** Whether this message is lost. The line has been counted with it. */
  loses(line: Line, nowMs: number): boolean {
    if (line.lostInARow >= this.scenario.lossesInARow) return false;
    if (nowMs >= line.cutOffUntilMs && !this.random.chance(this.scenario.loss)) return false;
    line.lostInARow++;
    return true;
  }

  /** How long a message takes. */
  delayMs(): number {
    if (this.delays === 'short') return this.random.integer(1, 20);
    if (this.delays === 'uniform') return this.random.integer(0, MAX_DELAY_MS);
    return this.random.chance(0.5) ? 0 : MAX_DELAY_MS;
  }
}
