import { cut } from '../cut.js';

const LONE_SURROGATE = /\p{Cs}/u;

/**
 * The first character of a text that no text may have, in words; `undefined` if there is none. U+0000 and halves of
 * surrogate pairs are valid in JSON, but databases, C libraries and strict readers refuse them.
 */
export function forbiddenCharacter(text: string): string | undefined {
  if (text.includes('\0')) return 'U+0000';
  const half = LONE_SURROGATE.exec(text)?.[0];
  if (half === undefined) return undefined;
  return `${codeText(half.charCodeAt(0))}, which is half of a surrogate pair`;
}

/** A character by its number: `U+00E9`. */
export function codeText(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A character in quotes if it is visible ASCII, else by its number. */
export function characterText(code: number): string {
  return code > 32 && code < 127 ? JSON.stringify(String.fromCodePoint(code)) : codeText(code);
}

/** Where an offset of a text lies, as editors count: from 1, columns in UTF-16 code units. */
export function placeText(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) as string).length + 1}`;
}

/** What is wrong with the characters of a text, in words that follow the name of its member; `undefined` if nothing is. */
export function textFault(text: string): string | undefined {
  const character = forbiddenCharacter(text);
  return character === undefined ? undefined : `must not contain ${character}`;
}

/**
 * A text of somebody else as messages and answers may repeat it: cut after `longest` UTF-16 code units, never within a
 * surrogate pair, with the characters that no text may have in words, such as `U+0000`.
 */
export function shownText(text: string, longest: number): string {
  const shown = cut(text, longest).replaceAll(/\0|\p{Cs}/gu, (half) => codeText(half.charCodeAt(0)));
  return cut(shown, longest);
}

/** The name of a member as messages and pointers repeat it: that of a long one ends with `…`. */
export function shownName(name: string): string {
  return name.length > MAX_NAME ? `${shownText(name, MAX_NAME)}…` : shownText(name, Infinity);
}

const MAX_NAME = 64;
