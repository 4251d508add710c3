import { cut } from '../cut.js';
import { isSecretKey, nameSecretsIn, secretsIn, type Span } from './secrets.js';

const REDACTED = '***';

/** Longer texts are cut: a message is for a person to read. */
const MAX_TEXT = 2_000;

/** How much of a text is read; more than is kept, so that no secret is cut in half before it is found. */
const MAX_READ = 8_000;

/** A shorter secret is also a word of the language, and is not searched for in other texts. */
const MIN_SEARCHED = 4;

/** What may stand between two texts of which one completes the secret of the other. */
const SEAMS = ['', ' ', ': ', '; '];

/** Takes credentials out of a text that is about to leave the process: URLs, tokens, `password=`-like pairs. */
export function redact(text: string): string {
  const read = readable(text);
  return shortened(without(read, secretsIn(read)));
}

/** As `redact`, for a text that is a name: `session:redis` and `token service` hold no secret. */
export function redactName(name: string): string {
  const read = readable(name);
  return shortened(without(read, nameSecretsIn(read)));
}

/** Redacts texts that are read one after the other: a secret of one is taken out of all, also where two together make it. */
export function redactTogether(texts: readonly string[]): string[] {
  const read = texts.map(readable);
  const spans = read.map(secretsIn);
  for (const seam of SEAMS) {
    const starts = startsOf(read, seam);
    for (const { start, end } of secretsIn(read.join(seam))) {
      read.forEach((text, at) => {
        const from = Math.max(start - (starts[at] as number), 0);
        const to = Math.min(end - (starts[at] as number), text.length);
        if (from < to) spans[at]?.push({ start: from, end: to });
      });
    }
  }
  const secrets = new Set(read.flatMap((text, at) => (spans[at] as Span[]).flatMap(wordsOf(text))));
  return read.map((text, at) => {
    const repeated = [...secrets].flatMap((secret) => occurrences(text, secret));
    return shortened(without(text, [...(spans[at] as Span[]), ...repeated]));
  });
}

/** Takes the value out of a fact whose key says that it is secret, of any type; of other texts the credentials. */
export function redactFact<T>(key: string, value: T): T | string {
  if (isSecretKey(key)) return REDACTED;
  return typeof value === 'string' ? redact(value) : value;
}

/** What is read of a text; where it is cut there is no half of a word, which could be half of a URL. */
function readable(text: string): string {
  if (text.length <= MAX_READ) return text;
  const read = cut(text, MAX_READ);
  const lastSpace = read.search(/\s\S{0,2000}$/);
  return lastSpace > 0 ? read.slice(0, lastSpace) : read;
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${cut(text, MAX_TEXT)}…` : text;
}

function without(text: string, spans: readonly Span[]): string {
  let safe = '';
  let done = 0;
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    if (start >= done) safe += text.slice(done, start) + REDACTED;
    done = Math.max(done, end);
  }
  return safe + text.slice(done);
}

function startsOf(texts: readonly string[], seam: string): number[] {
  let start = 0;
  return texts.map((text) => {
    const own = start;
    start += text.length + seam.length;
    return own;
  });
}

/** The secret at a span without quotes, and what follows a name in it: of `user:password` the password. */
function wordsOf(text: string): (span: Span) => string[] {
  return ({ start, end }) => {
    const secret = text.slice(start, end).replace(/^[\\"'[]+|[\\"'\]]+$/g, '');
    const value = /[:=](.*)/s.exec(secret)?.[1] ?? '';
    return [secret, value].filter(({ length }) => length >= MIN_SEARCHED);
  };
}

function occurrences(text: string, part: string): Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    found.push({ start: at, end: at + part.length });
  }
  return found;
}
