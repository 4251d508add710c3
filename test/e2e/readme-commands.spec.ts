import { readFileSync } from 'node:fs';

const PAGES = [
  'README.md',
  'docs/agent.md',
  ...['health', 'heartbeat', 'probes', 'provider-health'].map((name) => `libs/${name}/README.md`),
];

/** The packages whose tarballs each `npm install <repository>/dist/…` of a page names. */
function installsOf(page: string): string[][] {
  const text = readFileSync(page, 'utf8').replaceAll(/\s+/g, ' ');
  return [...text.matchAll(/`npm install <repository>\/dist\/vitals-\{([\w,-]+)\}-0\.1\.0\.tgz`/g)].map(
    ([, names = '']) => names.split(','),
  );
}

/** The packages of this repository that one of them depends on. */
function neededBy(name: string): string[] {
  const path = name === 'core' ? 'src/package.json' : `libs/${name}/package.json`;
  const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as { dependencies?: object };
  return Object.keys(dependencies).map((each) => each.replace('@vitals/', ''));
}

describe('The commands that install the packed packages', () => {
  it.each(PAGES)('of %s name what each package depends on: no registry has it', (page) => {
    const commands = installsOf(page);
    const missing = commands.map((names) => names.flatMap(neededBy).filter((name) => !names.includes(name)));
    expect(missing).toEqual(Array.from({ length: page === 'libs/heartbeat/README.md' ? 2 : 1 }, () => []));
  });

  it('of the heartbeat name health where Nest is, because the module imports it', () => {
    const [inNest = []] = installsOf('libs/heartbeat/README.md');
    expect(inNest).toEqual(expect.arrayContaining(['heartbeat', 'health', 'probes', 'core']));
  });
});

describe('The commands in the README', () => {
  const readme = readFileSync('README.md', 'utf8');

  it('are all that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
    const missing = Object.keys(scripts).filter(
      (name) => !new RegExp(`\\bnpm (run )?${name}\\b`).test(readme),
    );
    expect(missing).toEqual([]);
  });

  it('are said to warn on Node.js 20 about as many packages as there are that ask for a newer one', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Readonly<Record<string, { dev?: boolean; engines?: { node?: string } }>>;
    };
    const isNewer = (range: string): boolean => range.split('||').every((part) => /^\D*2[1-9]/.test(part));
    const newer = Object.values(packages).filter(({ engines }) => isNewer(engines?.node ?? ''));
    expect(newer).toHaveLength(9);
    expect(newer.filter(({ dev }) => !dev)).toHaveLength(4);
    expect(readme).toContain('about nine packages');
    expect(readFileSync('docs/operations.md', 'utf8')).toContain('about nine packages');
  });
});
