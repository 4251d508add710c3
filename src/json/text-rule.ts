const NUL = '\0';
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * What is wrong with the characters of a text, in words that follow the name of its member; `undefined` if nothing is.
 * U+0000 and halves of surrogate pairs are valid in JSON, but databases, C libraries and strict readers refuse them.
 */
export function textFault(text: string): string | undefined {
  if (text.includes(NUL)) return 'must not contain U+0000';
  const half = LONE_SURROGATE.exec(text)?.[0];
  if (half === undefined) return undefined;
  const code = half.charCodeAt(0).toString(16).toUpperCase();
  return `must not contain U+${code}, which is half of a surrogate pair`;
}
