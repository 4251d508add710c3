/** The words in which a provider says where it is in its life. */
export const PHASES = ['Starting', 'Ready', 'NotReady', 'Draining', 'Maintenance'] as const;

/** Lifecycle phases that a provider reports. */
export type Phase = (typeof PHASES)[number];

/** Whether this is one of the five words, in their spelling. */
export function isPhase(value: unknown): value is Phase {
  return PHASES.includes(value as Phase);
}
