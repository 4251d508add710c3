/** What must not happen. */
export type Violation =
  | 'transition without a fault'
  | 'fault without a transition'
  | 'recovery without a transition'
  | 'removed too early'
  | 'removed in a mass failure'
  | 'not removed'
  | 'frozen without a mass failure'
  | 'wrongly suppressed'
  | 'never told'
  | 'log inconsistent'
  | 'memory and store differ';

/** A promise that was not kept. */
export interface Finding {
  readonly violation: Violation;
  readonly id: string;
  /** Of the engine. */
  readonly atMs: number;
  readonly detail: string;
}
