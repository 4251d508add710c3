import { cut } from '../cut.js';
import { bracketedPlaces } from '../place.js';
import { tlsFault, withoutOpenSslErrors } from '../tls-fault.js';
import { redact, redactTogether } from './redact.js';

/** How deep causes are followed. */
const MAX_CAUSE_DEPTH = 16;

/** How many errors are read: an `AggregateError` may hold any number. */
const MAX_READ = 100;

/** How many different causes are told. */
const MAX_TOLD = 3;

/** What is longer is cut, so that a long message leaves room for its cause; in characters. */
const MAX_MESSAGE = 1_000;
const MAX_CAUSE = 300;

/**
 * Why something failed, redacted: its message, and after it the deepest cause, for `fetch failed` alone is of no use:
 * `fetch failed: connect ECONNREFUSED 127.0.0.1:1`. Of several causes (`errors` of an `AggregateError`) the first
 * three different ones are told. A cause that the message repeats is not told twice. An error without a message is
 * told by its `code`, else its `name`. Never throws, whatever was thrown and whatever its getters do.
 */
export function failureReason(thrown: unknown): string {
  const seen = new Set<unknown>([thrown]);
  const causes = causesOf(thrown).flatMap((cause) => deepest(cause, 1, seen));
  if (causes.length === 0) return redact(bracketedPlaces(textOf(thrown) ?? describe(thrown)));
  const message = messageOf(thrown) ?? '';
  const news = [...new Set(causes)].filter((cause) => !says(message, cause));
  return join(message, news);
}

/** The texts of the innermost causes below `value`, its own if they have none. */
function deepest(value: unknown, depth: number, seen: Set<unknown>): string[] {
  if (typeof value === 'object' && value !== null) {
    if (seen.has(value) || seen.size > MAX_READ) return [];
    seen.add(value);
    const causes = depth < MAX_CAUSE_DEPTH ? causesOf(value) : [];
    const texts = causes.flatMap((cause) => deepest(cause, depth + 1, seen));
    if (texts.length > 0) return texts;
  }
  const text = textOf(value);
  return text === undefined ? [] : [text];
}

function causesOf(value: unknown): unknown[] {
  const errors = read(value, 'errors');
  try {
    if (Array.isArray(errors) && errors.length > 0) return errors.slice(0, MAX_READ);
  } catch {
    // a list that cannot be read is none
  }
  const cause = read(value, 'cause');
  return cause === undefined || cause === null ? [] : [cause];
}

/** What is said already is decided on the texts as they were given, for what is redacted is equal to nothing. */
function join(message: string, causes: readonly string[]): string {
  const first = causes.slice(0, MAX_TOLD);
  const [opening, ...told] = redactTogether([message, ...first].map(bracketedPlaces)).map((text, at) =>
    shown(text, at === 0 ? MAX_MESSAGE : MAX_CAUSE),
  ) as [string, ...string[]];
  if (told.length === 0) return opening;
  const more = causes.length > MAX_TOLD ? `; and ${causes.length - MAX_TOLD} more` : '';
  const ending = `${told.join('; ')}${more}`;
  if (message === '' || first.some((cause) => says(cause, message))) return ending;
  const trimmed = opening.replace(/[.\s]+$/, '');
  return /[:=]$|\b(?:bearer|basic)$/i.test(trimmed) ? `${trimmed} ${ending}` : `${trimmed}: ${ending}`;
}

/** Whether what is shown of a text contains what is shown of another as words of its own: `a` is no part of `all`. */
function says(whole: string, other: string): boolean {
  const text = cut(whole, MAX_MESSAGE);
  const part = cut(other, MAX_CAUSE);
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!isWord(text, at - 1) && !isWord(text, at + part.length)) return true;
  }
  return false;
}

function isWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text.charAt(at));
}

function shown(text: string, most: number): string {
  return text.length > most ? `${cut(text, most)}…` : text;
}

function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return messageOf(value);
    case 'object':
      return messageOf(value) ?? codeOf(value) ?? filled(read(value, 'name'));
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
      return String(value);
    case 'undefined':
    case 'function':
      return undefined;
  }
}

/** An error of TLS in words, any other message as it is. */
function messageOf(value: unknown): string | undefined {
  try {
    const fault = tlsFault(value);
    if (fault !== undefined) return fault;
  } catch {
    // what cannot be read is no error of TLS
  }
  return filled(typeof value === 'string' ? withoutOpenSslErrors(value) : read(value, 'message'));
}

function codeOf(value: unknown): string | undefined {
  const code = read(value, 'code');
  return typeof code === 'number' ? `code ${code}` : filled(code);
}

function filled(text: unknown): string | undefined {
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

function read(value: unknown, member: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[member];
  } catch {
    return undefined;
  }
}

function describe(thrown: unknown): string {
  if (thrown === null || thrown === undefined) return `it failed with ${thrown}`;
  return 'it failed without a message';
}
