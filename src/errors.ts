/** Every error that Vitals raises on purpose, and whether repeating the same call later can help. */
const RETRYABLE_BY_CODE = {
  'duration-invalid': false,
  'quantity-invalid': false,
  'timestamp-invalid': false,
  'provider-not-registered': false,
  'provider-id-conflict': false,
  'generation-stale': false,
  'request-invalid': false,
  'request-malformed': false,
  'query-invalid': false,
  'media-type-unsupported': false,
  'body-too-large': false,
  unauthenticated: false,
  forbidden: false,
  'host-not-allowed': false,
  'origin-not-allowed': false,
  'rate-limited': true,
  'token-not-found': false,
  'no-candidate': true,
  'reservation-not-found': false,
  'reservation-expired': false,
  'check-invalid': false,
  'check-conflict': false,
  'check-not-found': false,
  'service-not-found': false,
  'target-denied': false,
  'mass-failure-not-found': false,
  'task-definition-invalid': false,
  'backup-conflict': false,
  'backup-failed': true,
  'settings-invalid': false,
  'declaration-invalid': false,
  'store-unavailable': true,
  overloaded: true,
} as const;

/** The closed list of error codes. */
export type ErrorCode = keyof typeof RETRYABLE_BY_CODE;

/** One field that is wrong: `pointer` is a JSON Pointer (RFC 6901) into the request or the settings. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * The one error class of Vitals. `code` says what happened, `retryable` whether the same call may succeed
 * later, `message` what to do about it, `faults` which fields are wrong, `cause` what lay underneath.
 */
export class VitalsError extends Error {
  /** Shown by `inspect` only if there are any: a person reads the message. */
  declare readonly faults: readonly FieldFault[];
  /** What a program may want to know beside the code; members of the answer. */
  declare readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    {
      cause,
      faults = [],
      details = {},
    }: {
      readonly cause?: unknown;
      readonly faults?: readonly FieldFault[];
      readonly details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'VitalsError';
    Object.defineProperty(this, 'faults', { value: faults, enumerable: faults.length > 0 });
    Object.defineProperty(this, 'details', { value: details, enumerable: Object.keys(details).length > 0 });
  }

  get retryable(): boolean {
    return RETRYABLE_BY_CODE[this.code];
  }
}
