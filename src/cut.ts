/** Half of a character outside the basic plane, at the end of a text that was cut: strict readers of JSON refuse it. */
const HALF = /[\ud800-\udbff]$/;

/** The beginning of a text, at most so many UTF-16 code units long; never ends with half of a character. */
export function cut(text: string, most: number): string {
  return text.length > most ? text.slice(0, most).replace(HALF, '') : text;
}
