import { VitalsError } from '@vitals/core/errors';

/** Error codes of the protocol that are told apart: https://kafka.apache.org/protocol#protocol_error_codes */
export const KAFKA = {
  OFFSET_OUT_OF_RANGE: 1,
  MESSAGE_TOO_LARGE: 10,
  COORDINATOR_LOAD_IN_PROGRESS: 14,
  COORDINATOR_NOT_AVAILABLE: 15,
  NOT_COORDINATOR: 16,
  ILLEGAL_GENERATION: 22,
  UNKNOWN_MEMBER_ID: 25,
  REBALANCE_IN_PROGRESS: 27,
  TOPIC_ALREADY_EXISTS: 36,
  OUT_OF_ORDER_SEQUENCE_NUMBER: 45,
  DUPLICATE_SEQUENCE_NUMBER: 46,
  INVALID_PRODUCER_EPOCH: 47,
  UNKNOWN_PRODUCER_ID: 59,
  MEMBER_ID_REQUIRED: 79,
} as const;

/** An error of the client: with a code of the protocol, or several errors below it, or another one that caused it. */
interface ClientError extends Error {
  readonly apiCode?: number;
  readonly apiId?: string;
  readonly code?: string;
  readonly serverErrorMessage?: string | null;
  readonly errors?: readonly ClientError[];
  readonly cause?: ClientError;
}

/** The first error with a code of the protocol, in an error and what lies below it. */
function protocolErrorOf(error: unknown): ClientError | undefined {
  const { apiCode, errors = [], cause } = (error ?? {}) as ClientError;
  if (apiCode !== undefined) return error as ClientError;
  for (const below of [...errors, cause]) {
    const found = below && protocolErrorOf(below);
    if (found) return found;
  }
  return undefined;
}

/** The error code of the protocol with which a broker answered; `undefined` if it did not answer. */
export function kafkaCode(error: unknown): number | undefined {
  return protocolErrorOf(error)?.apiCode;
}

/** What went wrong, in words, without what the client says of its own workings. */
export function kafkaText(error: unknown): string {
  const answered = protocolErrorOf(error);
  if (answered) return `${answered.serverErrorMessage || answered.message} (${answered.apiId})`;
  let lowest = error as ClientError;
  for (let below; (below = lowest.errors?.[0] ?? lowest.cause);) lowest = below;
  const { code = '' } = lowest;
  const text = lowest.message || 'no reason was given';
  return /^E[A-Z]/.test(code) && !text.includes(code) ? `${text} (${code})` : text;
}

/** Kafka, or the way to it, is to blame, and later it may be otherwise; for what tries again by itself. */
export class KafkaAway extends Error {}

/** `store-unavailable`, for who has to try again. @param why in words */
export function kafkaUnavailable(why: string): VitalsError {
  return new VitalsError('store-unavailable', `Kafka cannot be reached or written to now: ${why}; try again`);
}
