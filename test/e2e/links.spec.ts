import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'src/README.md',
  'libs/health/README.md',
  'libs/heartbeat/README.md',
  'libs/probes/README.md',
  'libs/provider-health/README.md',
  'deploy/kubernetes/README.md',
  ...markdownIn('docs'),
  ...markdownIn('docs/adr'),
  ...readdirSync('libs/health/samples').map((sample) => join('libs/health/samples', sample, 'README.md')),
];

function markdownIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

function withoutCode(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(/^```[^]*?^```/gm, '');
}

/** Targets of links that lead to something in the repository. */
function linksOf(page: string): string[] {
  return [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target as string)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Names of a page's headings in links, as code hosts make them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading as string);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** What is wrong with a link, if anything is. */
function faultOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (relative('.', target).startsWith('..') || !existsSync(target)) return `${link}: there is no ${target}`;
  if (anchor === undefined || anchorsOf(target).has(anchor)) return undefined;
  return `${link}: ${target} has no such heading`;
}

describe('Links in the documentation', () => {
  it.each(PAGES)('lead somewhere: %s', (page) => {
    expect(linksOf(page).flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
  });

  it('from the table against the others lead every claim to a test', () => {
    const [, table = ''] = readFileSync('libs/health/README.md', 'utf8').split('## Against the others');
    const [claims = ''] = table.split('What others have, and');
    const rows = claims
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (-|.*\| ours )/.test(line));
    const unproven = rows.filter((row) => !/^\|[^|]+\| \[✓[^\]]*\]\([^)]+\.spec\.ts\)/.test(row));
    expect([rows.length > 30, unproven]).toEqual([true, []]);
  });

  it('from the rules in the architecture lead to the file that has the name', () => {
    const page = 'docs/architecture.md';
    const [, rules = ''] = readFileSync(page, 'utf8').split('## Where is the rule');
    const [table = ''] = rules.split(/^## /m);
    const rows = table.split('\n').filter((line) => line.startsWith('| ') && !/^\| (-|rule )/.test(line));
    const places = rows.map(
      (row) => /\| `(\w+)` in \[[\w.-]+\]\(([^)]+\.ts)\) +\|$/.exec(row)?.slice(1) ?? [row],
    );
    const wrong = places.filter(([name = '', path]) => {
      const file = path && join(dirname(page), path);
      return !file || !existsSync(file) || !new RegExp(`\\b${name}\\b`).test(readFileSync(file, 'utf8'));
    });
    expect([rows.length > 12, wrong]).toEqual([true, []]);
  });
});

describe('Folders in the tables of the architecture', () => {
  it('are there', () => {
    let before = '';
    const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| (`[^|]*`) +\|/gm);
    const named = [...rows].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const folders = named.flatMap((name = '') => {
      if (name.startsWith('@') || name === 'apps/control-plane') return [];
      if (!name.startsWith('… /')) before = name;
      const folder = name.replace('… ', before);
      return [/[/]|^src$/.test(folder) ? folder : join('apps/control-plane/src', folder)];
    });
    expect([folders.length > 50, folders.filter((folder) => !existsSync(folder))]).toEqual([true, []]);
  });
});
