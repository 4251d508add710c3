/** What is counted beside violations. */
export interface Counts {
  /** Recorded, each once. */
  transitions: number;
  crashes: number;
  /** Faults that lasted longer than their bound, and were therefore expected to be found; and those that were shorter. */
  longFaults: number;
  shortFaults: number;
  removals: number;
  suppressed: number;
  audits: number;
  /** From the beginning of each fault, or the last disturbance, to its detection. */
  detectionsMs: number[];
  worstShareOfBound: number;
  /** Transitions by what they led to. */
  explained: Record<string, number>;
}

/** Nothing was counted yet. */
export function noCounts(): Counts {
  return {
    transitions: 0,
    crashes: 0,
    longFaults: 0,
    shortFaults: 0,
    removals: 0,
    suppressed: 0,
    audits: 0,
    detectionsMs: [],
    worstShareOfBound: 0,
    explained: {},
  };
}
