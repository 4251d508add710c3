import { VitalsError } from '../errors.js';
import { findSyntaxFault, type SyntaxFault } from './json-syntax.js';
import { assertMembers, MAX_DEPTH } from './member-rules.js';
import { placeText } from './text-rule.js';

/** A document that was read, and whether `assertMembers` could find anything in it. */
export interface JsonDocument {
  readonly value: unknown;
  /** Whether it may have a name, a text, a number or a depth that is refused. `false` is certain. */
  readonly isSuspect: boolean;
}

/**
 * Reads a JSON document (RFC 8259) as everything here is read: UTF-8, with or without a byte order mark, no name twice
 * in an object, no `__proto__` and no `constructor`, no U+0000, no halves of surrogate pairs, no number that
 * overflows, at most 32 levels.
 * @param what what is read, as messages begin: "the body"
 * @throws VitalsError `request-malformed` with line and column; `request-invalid` that names each wrong member
 */
export function readJson(source: Buffer | string, what = 'the body'): unknown {
  const { value, isSuspect } = parseJson(source, what);
  if (isSuspect) assertMembers(value, what);
  return value;
}

/**
 * The same without the rules for members: `assertMembers` has to be called for what is suspect. For documents whose
 * parts are taken or refused one by one.
 * @throws VitalsError `request-malformed`
 */
export function parseJson(source: Buffer | string, what = 'the body'): JsonDocument {
  const text = textOf(source, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text, what, findSyntaxFault(text));
  }
  const members = countMembers(value, MAX_DEPTH);
  // a name that is there twice leaves one member, and two colons
  const fault = members === colonsIn(text) ? undefined : findSyntaxFault(text, true);
  if (fault) throw malformed(text, what, fault);
  const isSuspect =
    !(members >= 0) || text.includes('\\u') || text.includes('__proto__') || text.includes('constructor');
  return { value, isSuspect };
}

function textOf(source: Buffer | string, what: string): string {
  const text = typeof source === 'string' ? source : source.toString();
  // U+FFFD stands for what is no UTF-8, or for itself
  if (typeof source !== 'string' && text.includes('\ufffd') && !isUtf8(source))
    throw new VitalsError('request-malformed', `${what} is not valid UTF-8; send JSON in UTF-8`);
  const content = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  if (content === '') throw new VitalsError('request-malformed', `${what} is empty; send JSON`);
  return content;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Members of all objects; negative or `NaN` for a value that is nested too deep, or has a number that overflows. */
function countMembers(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) return isOverflow(value) ? Number.NaN : 0;
  if (levels === 0) return Number.NEGATIVE_INFINITY;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value)
      if (typeof item === 'object' || isOverflow(item)) count += countMembers(item, levels - 1);
    return count;
  }
  const object = value as Readonly<Record<string, unknown>>;
  // nothing is inherited, for JSON.parse makes plain objects
  for (const name in object) {
    count++;
    const member = object[name];
    if (typeof member === 'object' || isOverflow(member)) count += countMembers(member, levels - 1);
  }
  return count;
}

/** `JSON.parse` makes infinity of a number that no double is large enough for, and writing makes `null` of that. */
function isOverflow(value: unknown): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

/** Colons outside of the strings of a JSON document. */
function colonsIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) count++;
    else if (code === QUOTE) {
      for (at++; text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
    }
  }
  return count;
}

function malformed(text: string, what: string, fault: SyntaxFault | undefined): VitalsError {
  if (!fault) return new VitalsError('request-malformed', `${what} is not valid JSON`);
  const { offset, detail, pointer } = fault;
  const within = pointer === '' || pointer.length > MAX_POINTER ? '' : ` in ${pointer}`;
  const where = `${placeText(text, offset)}${within}`;
  return new VitalsError('request-malformed', `${what} is not valid JSON at ${where}: ${detail}`);
}

const BYTE_ORDER_MARK = 0xfeff;
const COLON = 58;
const QUOTE = 34;
const BACKSLASH = 92;
const MAX_POINTER = 128;
