/** What one check of a provider came to. */
export type Outcome =
  /** It answered in time, or failed in time. */
  | {
      readonly kind: 'answered';
      readonly healthy: boolean;
      /** Redacted. */
      readonly message: string;
      readonly latencyMs: number;
    }
  /** It did not answer in time: nothing was found out. */
  | { readonly kind: 'cut-off'; readonly message: string; readonly latencyMs: number }
  /** There is nothing to ask: the provider does not implement `HealthChecker`. */
  | { readonly kind: 'unchecked' };
