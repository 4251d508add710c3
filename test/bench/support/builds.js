import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pluck, ratios, row } from './statistics.js';

/** The folder of the checkout that these benchmarks belong to. */
export const THIS_BUILD = fileURLToPath(new URL('../../..', import.meta.url));

let before;

/**
 * Lets benchmarks run another built checkout beside this one, by turns; `--before` of a run.
 * @throws Error if nothing is built in `folder`
 */
export function compareWith(folder) {
  const main = join(resolve(folder), 'apps/control-plane/dist/main.js');
  if (!existsSync(main))
    throw new Error(`--before: ${main} is not there; build that checkout with npx tsc -b`);
  before = resolve(folder);
}

/** The builds that are measured: `app`, and `before` if there is one to compare with. */
export function builds() {
  return before === undefined ? { app: THIS_BUILD } : { app: THIS_BUILD, before };
}

/** What a benchmark of several builds says of them; nothing if there is one. */
export function comparedText() {
  return before === undefined
    ? ''
    : ' The build before is driven alternately with this one, in the same run.';
}

/**
 * Rows that put both builds side by side, round by round; none if only one was measured.
 * @param compared what, its unit, its digits and how to read it from the measurement of a round
 */
export function besideBefore({ app, before: other }, compared) {
  if (!other) return [];
  return compared.flatMap(([what, unit, digits, read]) => {
    const pick = typeof read === 'string' ? (all) => pluck(all, read) : (all) => all.map(read);
    const [own, theirs] = [pick(app), pick(other)];
    const beforeRow = row(`${what}, the build before`, unit, digits, theirs);
    return [
      beforeRow,
      row(`${what}: this build / the build before`, '', 3, ratios(own, theirs), undefined, beforeRow),
    ];
  });
}
