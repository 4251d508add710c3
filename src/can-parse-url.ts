/**
 * Whether a text is a URL, alone or relative to `base`, as `new URL` reads it. `URL.canParse` of Node.js 20 is not asked:
 * once it is compiled, it takes characters from U+0080 to U+00FF for bytes of UTF-8, and refuses `http://bücher.example`.
 */
export function canParseUrl(text: string, base?: string): boolean {
  try {
    return Boolean(new URL(text, base));
  } catch {
    return false;
  }
}
