import { redact } from '@vitals/core/health';
import type { ProbeOutcome } from '@vitals/core/check';

/** What a look at a target found, before it is timed. */
export interface Finding {
  readonly outcome: ProbeOutcome;
  /** May be of any length and hold anything; `spoken` makes it fit for a person. */
  readonly message: string;
}

const MAX_MESSAGE = 256;

/** Everything is well; `message` says what was seen. */
export function success(message: string): Finding {
  return { outcome: 'success', message };
}

/** Well for now, but not for long. */
export function warning(message: string): Finding {
  return { outcome: 'warning', message };
}

/** The target is not well. */
export function failure(message: string): Finding {
  return { outcome: 'failure', message };
}

/** The settings forbid to look. */
export function denied(message: string): Finding {
  return { outcome: 'denied', message };
}

/** This process could not look. */
export function unjudged(message: string): Finding {
  return { outcome: 'unjudged', message };
}

/** A message without credentials and control characters, at most 256 characters long. */
export function spoken(message: string): string {
  const line = redact(message).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  if (line.length <= MAX_MESSAGE) return line;
  // never half of a character
  return `${line.slice(0, MAX_MESSAGE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
