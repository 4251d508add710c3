const REDACTED = '***';

/** What must not leave the process, and what stands in its place. Every pattern runs in linear time. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // user:password@ in a URL, up to the last @ of the authority
  [/\b([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/?#]{1,1024}@/gi, `$1${REDACTED}@`],
  // Authorization schemes
  [/\b(bearer|basic|token)\s+[a-z0-9._~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // JSON web tokens anywhere
  [/\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]{0,1024}/g, REDACTED],
  // password=…, "api_key": "…", secret: …
  [
    /((?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)s?["']?\s{0,4}[=:]\s{0,4})(?:"(?:[^"\\]|\\.){0,1024}"|'[^']{0,1024}'|[^\s,;&"'}]{1,1024})/gi,
    `$1${REDACTED}`,
  ],
];

/** Longer texts are cut: a message is for a person to read. */
const LONGEST_TEXT = 2_000;

/** How much of a text is looked at; more than is kept, so that no secret is cut in half before it is found. */
const LONGEST_READ = 8_000;

/** Takes credentials out of a text that is about to leave the process: URLs, tokens, `password=`-like pairs. */
export function redact(text: string): string {
  const safe = SECRETS.reduce(
    (read, [pattern, replacement]) => read.replace(pattern, replacement),
    text.slice(0, LONGEST_READ),
  );
  return safe.length > LONGEST_TEXT ? `${safe.slice(0, LONGEST_TEXT)}…` : safe;
}
