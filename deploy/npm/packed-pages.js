import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const FENCE = /(^```[^]*?^```)/m;
const LINK = /\[([^\]]+)\]\(([^)\s]+)\)/g;

/**
 * The pages that come with a package, and what lies beside them: its README, the changelog, and whatever the README
 * links to that is a page. In all of them a link leads to something in the package, or is left out, and its text stays.
 * @param root of the repository
 * @param folder of the package in it
 * @returns the text of each file, by its path in the package
 */
export function packedPages(root, folder) {
  const readme = join(folder, 'README.md');
  const linked = targetsOf(root, readme).filter((path) => path.endsWith('.md'));
  const sources = new Set([readme, 'CHANGELOG.md', ...linked.flatMap((page) => withCompanions(root, page))]);
  const places = new Map([...sources].map((source) => [source, placeOf(folder, source)]));
  return new Map(
    [...places].map(([source, place]) => {
      const text = readFileSync(join(root, source), 'utf8');
      return [place, source.endsWith('.md') ? relinked(text, source, places) : text];
    }),
  );
}

/** A README is the page of its folder, and worth nothing without the files there. */
function withCompanions(root, page) {
  if (basename(page) !== 'README.md') return [page];
  return readdirSync(join(root, dirname(page)), { recursive: true })
    .map((name) => join(dirname(page), name))
    .filter((path) => !/(^|\/)(node_modules|dist)(\/|$)/.test(path) && statSync(join(root, path)).isFile());
}

function placeOf(folder, source) {
  return source.startsWith(`${folder}/`) ? relative(folder, source) : source;
}

/** Files of the repository that a page links to. */
function targetsOf(root, page) {
  return outsideCode(readFileSync(join(root, page), 'utf8'))
    .flatMap((text) => [...text.matchAll(LINK)])
    .map(([, , target]) => fileOf(page, target))
    .filter((path) => path !== undefined && existsSync(join(root, path)));
}

function relinked(text, page, places) {
  const parts = text.split(FENCE);
  return parts.map((part) => (FENCE.test(part) ? part : part.replace(LINK, relink))).join('');

  function relink(link, words, target) {
    const file = fileOf(page, target);
    if (file === undefined) return link;
    if (!places.has(file)) return words;
    const [, anchor] = target.split('#');
    const path = relative(dirname(places.get(page)), places.get(file));
    return `[${words}](${path}${anchor === undefined ? '' : `#${anchor}`})`;
  }
}

function outsideCode(text) {
  return text.split(FENCE).filter((part) => !FENCE.test(part));
}

/** `undefined` for what is no file of the repository: an address, or a heading of the same page. */
function fileOf(page, target) {
  if (/^([a-z]+:|#)/.test(target)) return undefined;
  return join(dirname(page), target.split('#', 1)[0]);
}
