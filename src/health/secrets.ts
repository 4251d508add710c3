/** What a secret is called. */
const SECRET_WORDS =
  '(?:password|passwd|pwd|passphrase|secret|token|api[ _-]?key|access[ _-]?key|account[ _-]?key|private[ _-]?key|credential|(?<![a-z])(?:pass|auth|sig|signature|session(?:[_-]?id)?|cookie)(?![a-z]))s?';

const SECRET_KEY = new RegExp(SECRET_WORDS, 'i');

/** What is secret also in a name: bearer tokens and JSON web tokens. Group 1 stays. */
const TOKENS: readonly RegExp[] = [
  /\b(bearer\s+)[a-z0-9._~+/=-]{6,}/gi,
  /()\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]{0,1024}/g,
];

/** What follows other schemes of authorization. Group 1 stays. */
const SCHEMES: readonly RegExp[] = [
  /\b((?:basic|token)\s+)[a-z0-9._~+/=-]{6,}/gi,
  /(authorization["']?\s{0,64}[=:]\s{0,64}["']?\w{1,32}\s+)[^\s"',;]+/gi,
];

/** `password=…`, `"api_key": "…"`, `secret: …`, with escaped quotes as in JSON within JSON. Group 1 stays. */
const NAMED = new RegExp(
  String.raw`(${SECRET_WORDS}\\*["']?\s{0,64}(?:[=:]|%3D)\s{0,64})\\*(?:"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|\[[^\]]*\]?|[^\s,;&"'}]+)`,
  'gi',
);

const URL_SCHEME = /\b[a-z][a-z0-9+.-]{0,31}:\/\//gi;

/** A part of a text, in UTF-16 code units; `end` is behind it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a text holds credentials, in no order; spans may overlap. Takes linear time. */
export function secretsIn(text: string): Span[] {
  return [...nameSecretsIn(text), ...[...SCHEMES, NAMED].flatMap((pattern) => matchesOf(pattern, text))];
}

/** As `secretsIn`, without what only a word before it makes secret, for a name has such words: `session:redis`. */
export function nameSecretsIn(text: string): Span[] {
  return [...userInfosOf(text), ...TOKENS.flatMap((pattern) => matchesOf(pattern, text))];
}

/** Whether a key says that its value is secret. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

function matchesOf(pattern: RegExp, text: string): Span[] {
  // nearly every text has none, and `matchAll` copies the pattern first
  if (text.search(pattern) < 0) return [];
  return Array.from(text.matchAll(pattern), ({ index, 0: match, 1: kept = '' }) => ({
    start: index + kept.length,
    end: index + match.length,
  }));
}

/** `user:password` of URLs, up to the last `@`. */
function userInfosOf(text: string): Span[] {
  if (!text.includes('@')) return [];
  return Array.from(text.matchAll(/\S+/g)).flatMap(({ index, 0: word }) =>
    userInfosOfWord(word).map(({ start, end }) => ({ start: index + start, end: index + end })),
  );
}

function userInfosOfWord(word: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (let at = word.indexOf('@'); at >= 0; at = word.indexOf('@', from)) {
    const start = userInfoStart(word.slice(from, at));
    let end = at;
    if (start !== undefined) {
      for (let next = word.indexOf('@', end + 1); next >= 0; next = word.indexOf('@', end + 1)) {
        if (/[/?#]/.test(word.slice(end + 1, next))) break;
        end = next;
      }
      spans.push({ start: from + start, end });
    }
    from = end + 1;
  }
  return spans;
}

/** Where in a text before an `@` the user begins; a password may hold what a URL does not allow: `u:p/w@host`. */
function userInfoStart(text: string): number | undefined {
  for (const { index, 0: scheme } of text.matchAll(URL_SCHEME)) {
    const start = index + scheme.length;
    const special = /[:/?#]/g;
    special.lastIndex = start;
    const found = special.exec(text)?.[0] ?? ':';
    if (found === ':' && start < text.length) return start;
  }
  return undefined;
}
