import { secretsOf } from './target-secrets.js';
import type { CheckTarget } from './target.js';

/** What is shorter is found in ordinary words, and protects nothing, in characters. */
const MIN_SECRET = 8;
const REDACTED = '<redacted>';

/**
 * What was found, without the secrets that the target was sent: it may say them again, and results are for more eyes.
 * A part of one counts if it is the beginning, for words are cut at their end; so does one in quotes, as JSON has it,
 * and JSON within JSON.
 */
export function withoutSecrets(message: string, target: CheckTarget): string {
  let told = message;
  for (const { value } of secretsOf(target)) {
    if (typeof value !== 'string') continue;
    for (const secret of formsOf(value)) if (secret.length >= MIN_SECRET) told = without(secret, told);
  }
  return told;
}

/** A credential comes after its scheme, which servers do not repeat with it; that of Basic can be read by everybody. */
function formsOf(secret: string): string[] {
  const [scheme = ''] = secret.split(' ', 1);
  const credential = secret.slice(secret.indexOf(' ') + 1);
  if (scheme.toLowerCase() !== 'basic') return [secret, credential];
  // RFC 7617 section 2
  const pair = Buffer.from(credential, 'base64').toString();
  return [secret, credential, pair, pair.slice(pair.indexOf(':') + 1)];
}

/** Both are compared without their backslashes, of which each level of quotes has more. */
function without(given: string, message: string): string {
  const secret = given.replaceAll('\\', '');
  const beginning = secret.slice(0, MIN_SECRET);
  const plain = message.replaceAll('\\', '');
  if (beginning === '' || !plain.includes(beginning)) return message;
  const places = [...message.matchAll(/[^\\]/gs)].map(({ index }) => index);
  let told = '';
  let toldUpTo = 0;
  let from = 0;
  for (let at = plain.indexOf(beginning); at >= 0; at = plain.indexOf(beginning, from)) {
    from = at + beginning.length;
    while (from - at < secret.length && plain[from] === secret[from - at]) from++;
    told += message.slice(toldUpTo, places[at]) + REDACTED;
    toldUpTo = (places[from - 1] as number) + 1;
  }
  return told + message.slice(toldUpTo);
}
