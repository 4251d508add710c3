/** Escapes that some engines do not know, and what stands for them in all. */
const PLAIN: readonly (readonly [escape: string, plain: string])[] = [
  [String.raw`\p{Cc}`, String.raw`\x00-\x1f\x7f-\x9f`],
  // JSON of valid UTF-8 has no surrogate that stands alone, and Go's engine cannot name one
  [String.raw`\p{Cs}`, ''],
  [String.raw`\d`, '[0-9]'],
  [String.raw`\/`, '/'],
];

/** Lookaround, named groups, references to groups, boundaries, and classes whose members differ by engine. */
const UNPORTABLE = /\(\?(?!:)|\\[^.*+?()[\]{}|\\^$x]|\\x(?![0-9a-f]{2})/;

/**
 * A pattern in the syntax that ECMA-262, RE2 (Go), Python, Java and .NET share.
 * @throws Error for a pattern that cannot be said in it
 */
export function portablePattern(source: string): string {
  const plain = PLAIN.reduce((text, [escape, known]) => text.replaceAll(escape, known), source);
  if (UNPORTABLE.test(plain) || !plain.startsWith('^') || !plain.endsWith('$'))
    throw new Error(`the pattern ${source} does not mean the same in all languages, or is not anchored`);
  return plain;
}
