const REDACTED = '***';

/** What a secret is called. */
const SECRET_WORDS =
  '(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|credential|(?<![a-z])(?:pass|auth|sig|signature|session(?:[_-]?id)?|cookie)(?![a-z]))s?';

const SECRET_KEY = new RegExp(SECRET_WORDS, 'i');

/** What must not leave the process, and what stands in its place. Every pattern runs in linear time. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // user:password@ in a URL, up to the last @
  [
    /\b([a-z][a-z0-9+.-]{0,31}:\/\/)(?:[^\s/?#@]{1,1024}|[^\s:/?#@]{0,256}:[^\s@]{1,1024})@(?:[^\s/?#@]{0,1024}@)*/gi,
    `$1${REDACTED}@`,
  ],
  // Authorization schemes
  [/\b(bearer|basic|token)\s+[a-z0-9._~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/(authorization["']?\s{0,64}[=:]\s{0,64}["']?\w{1,32})\s+[^\s"',;]+/gi, `$1 ${REDACTED}`],
  // JSON web tokens anywhere
  [/\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]{0,1024}/g, REDACTED],
  // password=…, "api_key": "…", secret: …, with escaped quotes as in JSON within JSON
  [
    new RegExp(
      String.raw`(${SECRET_WORDS}\\*["']?\s{0,64}(?:[=:]|%3D)\s{0,64})\\*(?:"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|\[[^\]]*\]?|[^\s,;&"'}]+)`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
];

/** Longer texts are cut: a message is for a person to read. */
const LONGEST_TEXT = 2_000;

/** How much of a text is looked at; more than is kept, so that no secret is cut in half before it is found. */
const LONGEST_READ = 8_000;

/** Half of a character outside the basic plane, at the end of a text that was cut: strict readers of JSON refuse it. */
const HALF = /[\ud800-\udbff]$/;

/** Takes credentials out of a text that is about to leave the process: URLs, tokens, `password=`-like pairs. */
export function redact(text: string): string {
  const safe = SECRETS.reduce(
    (read, [pattern, replacement]) => read.replace(pattern, replacement),
    cut(text, LONGEST_READ),
  );
  return safe.length > LONGEST_TEXT ? `${cut(safe, LONGEST_TEXT)}…` : safe;
}

/** The beginning of a text, at most so many UTF-16 code units long; never ends with half of a character. */
export function cut(text: string, most: number): string {
  return text.length > most ? text.slice(0, most).replace(HALF, '') : text;
}

/** Takes the value out of a fact whose key says that it is secret, of any type; of other texts the credentials. */
export function redactFact<T>(key: string, value: T): T | string {
  if (SECRET_KEY.test(key)) return REDACTED;
  return typeof value === 'string' ? redact(value) : value;
}
