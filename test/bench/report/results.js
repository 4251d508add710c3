import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { pageOf } from './page.js';

const DATA = fileURLToPath(new URL('../../../docs/benchmarks.json', import.meta.url));
const PAGE = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));

/**
 * Writes the results of the benchmarks that ran into `docs/benchmarks.json`, keeps those of the others, and
 * makes `docs/benchmarks.md` of all of them.
 * @param order the names of all benchmarks; results under any other name are dropped
 */
export async function saveResults(results, order) {
  const known = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : {};
  const merged = Object.fromEntries(
    order.filter((name) => results[name] ?? known[name]).map((name) => [name, results[name] ?? known[name]]),
  );
  await write(DATA, JSON.stringify(merged, rounded));
  await write(PAGE, pageOf(merged));
  return PAGE;
}

async function write(path, text) {
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

/** Six digits are more than any measurement here is good for. */
function rounded(_key, value) {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
