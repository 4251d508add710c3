/** What must never happen within the fault model. */
export type Violation =
  | 'false Unavailable'
  | 'missed death'
  | 'acknowledged, then lost'
  | 'placeable past its deadline'
  | 'refused while alive'
  | 'published before it was durable'
  | 'log inconsistent'
  | 'not settled in the end';

/** One of them, for whoever looks for the cause. */
export interface Finding {
  readonly violation: Violation;
  readonly provider: number;
  readonly atMs: number;
  readonly detail: string;
}
