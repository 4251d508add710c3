import { nearestName } from '../nearest-name.js';

/** What is wrong with the names of options: the first one that is unknown, and the known one that was meant. */
export function unknownOption(given: object, known: readonly string[]): string | undefined {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const meant = nearestName(unknown, known);
  return meant === undefined
    ? `unknown option \`${unknown}\`; there are ${known.join(', ')}`
    : `unknown option \`${unknown}\`; did you mean \`${meant}\`?`;
}

/** What to add to a message about a number or flag that is a text in quotes: `; write 2 without quotes`. */
export function unquoted(given: unknown): string {
  const plain = typeof given === 'string' && /^(-?\d+(\.\d+)?|true|false)$/.test(given.trim());
  return plain ? `; write ${given.trim()} without quotes` : '';
}
