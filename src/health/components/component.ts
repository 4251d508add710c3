import { compareText } from '../../order.js';

/** A failure of a component. */
export interface ComponentError {
  /** Why it failed, redacted. */
  readonly message: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/**
 * A part of an app that is pinged: a store, a broker, a scheduler. Identity is its full type and its name.
 * `UNDEFINED` means that it has no ping, so nobody can say.
 */
export interface ComponentState {
  readonly name: string;
  /** For example `state.redis`; the text before the first dot is its type on Dapr's wire. */
  readonly type: string;
  readonly status: 'OK' | 'NOT_OK' | 'UNDEFINED';
  readonly critical: boolean;
  /** Why it failed, redacted. */
  readonly message: string | undefined;
  /** How long the ping took, in milliseconds. */
  readonly durationMs: number | undefined;
  /** Epoch milliseconds of the ping. */
  readonly checkedAtMs: number | undefined;
  /** How long ago that was when it was asked for, in milliseconds. */
  readonly ageMs: number | undefined;
  /** The last failure that is known of it, though it may be well again. */
  readonly lastError: ComponentError | undefined;
}

/** Orders components by type, then name. */
export function sortComponents(states: readonly ComponentState[]): ComponentState[] {
  return [...states].sort((a, b) => compareText(a.type, b.type) || compareText(a.name, b.name));
}
