const LONE_SURROGATE = /\p{Cs}/u;

/**
 * The first character of a text that no text may have, in words; `undefined` if there is none. U+0000 and halves of
 * surrogate pairs are valid in JSON, but databases, C libraries and strict readers refuse them.
 */
export function forbiddenCharacter(text: string): string | undefined {
  if (text.includes('\0')) return 'U+0000';
  const half = LONE_SURROGATE.exec(text)?.[0];
  if (half === undefined) return undefined;
  return `U+${half.charCodeAt(0).toString(16).toUpperCase()}, which is half of a surrogate pair`;
}

/** What is wrong with the characters of a text, in words that follow the name of its member; `undefined` if nothing is. */
export function textFault(text: string): string | undefined {
  const character = forbiddenCharacter(text);
  return character === undefined ? undefined : `must not contain ${character}`;
}
