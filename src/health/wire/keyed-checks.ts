import type { CheckResult } from '../health-check.js';

/**
 * One key for each wanted one, no two of them equal: a key that is wanted once is kept, the others become what
 * `otherwise` gives for their index, numbered (`… #2`) if that is taken as well. In the order of `wanted`.
 */
export function distinctKeys(
  wanted: readonly string[],
  otherwise: (index: number) => string,
): readonly string[] {
  if (new Set(wanted).size === wanted.length) return wanted;
  const times = new Map<string, number>();
  for (const key of wanted) times.set(key, (times.get(key) ?? 0) + 1);
  const taken = new Set(wanted.filter((key) => times.get(key) === 1));
  return wanted.map((key, index) => {
    if (times.get(key) === 1) return key;
    const free = firstFree(otherwise(index), taken);
    taken.add(free);
    return free;
  });
}

/**
 * Keys for formats that hold checks by name, in the order of `checks`: the name if no other check reports it,
 * else `name (identity)`. No two are equal, whatever the names are, so that no check overwrites another.
 */
export function keysOf(checks: readonly CheckResult[]): readonly string[] {
  return distinctKeys(
    checks.map(({ name }) => name),
    (index) => {
      const { name, id } = checks[index] as CheckResult;
      return `${name} (${id})`;
    },
  );
}

/** The key, numbered (`… #2`) if it is taken. */
export function firstFree(key: string, taken: ReadonlySet<string>): string {
  let free = key;
  for (let number = 2; taken.has(free); number++) free = `${key} #${number}`;
  return free;
}
