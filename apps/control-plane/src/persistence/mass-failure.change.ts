/** Whose failures are told from those of masses: providers that fall silent, or the checks of services. */
export type GuardedKind = 'provider' | 'service';

/**
 * Why a mass failure ended: enough are back or gone for good, its time was over, or an operator said so. The last
 * two settle those that are away: consequences for them wait no longer. The one of everything may end by that of a
 * zone: `settled`, for too few are away besides those.
 */
export type MassFailureEnding = 'recovery' | 'time' | 'acknowledgement' | 'settled';

/** A mass failure as it is kept. */
export interface StoredMassFailure {
  /** Its number in the store; never used twice. */
  readonly key: number;
  readonly kind: GuardedKind;
  /** The zone of the providers or the tag of the services; `undefined` for all of them. */
  readonly zone: string | undefined;
  /** Epoch milliseconds. */
  readonly beganAtMs: number;
  /** Members that were away when it began or ended, of those that there were. */
  readonly gone: number;
  readonly of: number;
  /** Since when no further mass of members went, in milliseconds of `PassedTime`. */
  readonly quietSinceMs: number;
  /** `undefined` while it goes on. Epoch milliseconds. */
  readonly end: { readonly atMs: number; readonly by: MassFailureEnding } | undefined;
}

/** A member whose failure was settled, as long as it is away since then. */
export interface SettledMember {
  /** The number of the provider or the check. */
  readonly key: number;
  /** Since when it is away, in epoch milliseconds. */
  readonly sinceMs: number;
}

/** One thing of mass failures that has to become durable. */
export type MassFailureChange =
  | { readonly kind: 'mass-failures'; readonly failures: readonly StoredMassFailure[] }
  /** Those that are settled; all others of this kind are not. */
  | { readonly kind: 'settled'; readonly of: GuardedKind; readonly members: readonly SettledMember[] };
