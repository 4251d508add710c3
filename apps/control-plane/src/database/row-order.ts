import type { StoredValue } from './table.js';

/**
 * Encoded rows of a table in the order of what they are found by: two that write the same rows never wait for each other.
 * @param places where in each row that is; of none, the rows stay as they are
 * @throws TypeError if one row is there twice: a statement writes it once
 */
export function inOrder(
  table: string,
  encoded: readonly StoredValue[][],
  places: readonly number[],
): readonly StoredValue[][] {
  if (places.length === 0 || isAscending(encoded, places)) return encoded;
  const sorted = encoded.toSorted((one, other) => compare(one, other, places));
  const index = sorted.findIndex((row, at) => at > 0 && compare(sorted[at - 1] ?? [], row, places) === 0);
  if (index < 0) return sorted;
  const key = JSON.stringify(places.map((place) => sorted[index]?.[place]));
  throw new TypeError(`one statement writes a row of ${table} twice: ${key}`);
}

function isAscending(rows: readonly StoredValue[][], places: readonly number[]): boolean {
  for (let at = 1; at < rows.length; at++)
    if (compare(rows[at - 1] as StoredValue[], rows[at] as StoredValue[], places) >= 0) return false;
  return true;
}

function compare(
  one: readonly StoredValue[],
  other: readonly StoredValue[],
  places: readonly number[],
): number {
  for (const place of places) {
    const [a, b] = [one[place] as string, other[place] as string];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
