/** Letters that may differ, by how long the longer of the two names is. */
const CLOSE = [
  { upTo: 3, edits: 1 },
  { upTo: 7, edits: 2 },
  { upTo: Number.POSITIVE_INFINITY, edits: 3 },
];

/** Longer names are not compared: what is given may come from a request. */
const MAX_LENGTH = 64;

/**
 * The advice to who gave an unknown name: ``did you mean `timeout`?``; `undefined` if no known name is close.
 * @param written how a person writes a known name, if that is not the name itself
 */
export function didYouMean(
  given: string,
  known: Iterable<string>,
  written: (name: string) => string = (name) => name,
): string | undefined {
  const nearest = nearestName(given, known);
  return nearest === undefined ? undefined : `did you mean \`${written(nearest)}\`?`;
}

/**
 * The known name that a person most likely meant; `undefined` if none is close. Case and the separators `-`, `_`, `.` and space do not count, an exchange of two neighbours counts
 * as one edit (optimal string alignment). Of equally close names the first one is taken.
 */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  const wanted = letters(given);
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of known) {
    if (name.length > MAX_LENGTH) continue;
    const candidate = letters(name);
    const longer = Math.max(wanted.length, candidate.length);
    const allowed = Math.min(CLOSE.find(({ upTo }) => longer <= upTo)?.edits ?? 0, longer - 1, fewest - 1);
    if (Math.abs(wanted.length - candidate.length) > allowed) continue;
    const edits = editsBetween(wanted, candidate);
    if (edits <= allowed) [nearest, fewest] = [name, edits];
  }
  return nearest;
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.\s]/g, '');
}

function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (beforeLast[j - 2] as number) + 1);
      row.push(edits);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] as number;
}
