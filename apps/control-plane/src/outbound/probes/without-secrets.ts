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
    if (typeof value !== 'string') continue;
    for (const secret of formsOf(value)) if (secret.length >= MIN_SECRET) spoken = without(secret, spoken);
  }
  return spoken;
}

/** What servers say of a secret: all of it, or what comes after its scheme; as it is, or as a JSON string has it. */
function formsOf(secret: string): string[] {
  const [scheme = ''] = secret.split(' ', 1);
  const credential = secret.slice(secret.indexOf(' ') + 1);
  const forms = [secret, credential];
  // RFC 7617 section 2
  if (scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(credential, 'base64').toString();
    forms.push(pair, pair.slice(pair.indexOf(':') + 1));
  }
  return forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);
}

function without(secret: string, message: string): string {
  const beginning = secret.slice(0, MIN_SECRET);
  const at = message.indexOf(beginning);
  if (at < 0) return message;
  let end = at + MIN_SECRET;
  while (end - at < secret.length && message[end] === secret[end - at]) end++;
  return message.slice(0, at) + REDACTED + without(secret, message.slice(end));
}
