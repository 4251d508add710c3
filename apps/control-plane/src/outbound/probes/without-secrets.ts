import { type ProbeTarget, secretsOf } from '@vitals/core/probe';

/** What is shorter is found in ordinary words, and protects nothing, in characters. */
const MIN_SECRET = 8;
const REDACTED = '<redacted>';

/**
 * What was found, without the secrets that the target was sent: it may say them again, and results are for more eyes.
 * A part of one counts if it is the beginning, for words are cut at their end.
 */
export function withoutSecrets(message: string, target: ProbeTarget): string {
  let spoken = message;
  for (const { value } of secretsOf(target)) {
    // a credential comes after its scheme, which servers do not repeat with it
    const credentials = typeof value === 'string' ? [value, value.slice(value.indexOf(' ') + 1)] : [];
    for (const secret of credentials) if (secret.length >= MIN_SECRET) spoken = without(secret, spoken);
  }
  return spoken;
}

function without(secret: string, message: string): string {
  const beginning = secret.slice(0, MIN_SECRET);
  const at = message.indexOf(beginning);
  if (at < 0) return message;
  let end = at + MIN_SECRET;
  while (end - at < secret.length && message[end] === secret[end - at]) end++;
  return message.slice(0, at) + REDACTED + without(secret, message.slice(end));
}
