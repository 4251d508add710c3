/** The first line of a file that says how it ends. */
const ANNOUNCED = /^# ends with \.\.\.[ \t]*(?:\r?\n|$)/;
/** The line with which YAML ends a document. */
const ENDS = /(?:^|\n)\.\.\.[ \t]*(?:\r?\n)*$/;

/**
 * What is wrong with how a text ends: one that announces its end in the first line, and has none, is half written.
 * Whatever is cut off it anywhere is then a fault, or means the same. `undefined`: nothing.
 */
export function endFault(text: string): string | undefined {
  if (!ANNOUNCED.test(text) || ENDS.test(text)) return undefined;
  return 'is not complete: its first line says that it ends with the line "..."';
}
