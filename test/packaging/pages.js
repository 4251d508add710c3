import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** That every link of a packed page leads to a file of the package, and its anchor to a heading there. */
export function assertLinks(unpacked, page) {
  const links = [...prose(join(unpacked, page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  const relativeLinks = links.filter((target) => !/^[a-z]+:/.test(target));
  assert.deepEqual(
    relativeLinks.flatMap((link) => faultOf(unpacked, page, link) ?? []),
    [],
    `links of ${page}`,
  );
  return relativeLinks.length;
}

function faultOf(unpacked, page, link) {
  const [path, anchor] = link.split('#');
  const target = path === '' ? join(unpacked, page) : join(unpacked, dirname(page), path);
  if (relative(unpacked, target).startsWith('..') || !existsSync(target))
    return `${link}: not in the package`;
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return undefined;
  return `${link}: no such heading`;
}

/** Names of a page's headings in links, as code hosts make them. */
function anchorsOf(page) {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function prose(page) {
  return readFileSync(page, 'utf8').replaceAll(/^```[^]*?^```/gm, '');
}
