import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** What every app with the library has. */
const ALWAYS_THERE = /^(@vitals\/core\/|@vitals\/probes$|@nestjs\/common$|reflect-metadata$|node:)/;

/** Packages that are loaded with a module, through all that it imports; types are not. */
function packagesOf(path: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(path)) return packages;
  seen.add(path);
  const source = readFileSync(path, 'utf8');
  for (const [, clause, from = ''] of source.matchAll(/^(?:import|export)\s([^;]*?\sfrom\s)?'([^']+)';/gm)) {
    const isTypeOnly = clause?.startsWith('type ') || isTypesAlone(clause);
    if (isTypeOnly) continue;
    if (!from.startsWith('.')) packages.add(from);
    else
      for (const name of packagesOf(resolve(dirname(path), from.replace(/\.js$/, '.ts')), seen))
        packages.add(name);
  }
  return packages;
}

function isTypesAlone(clause = ''): boolean {
  const names = /^\{([^}]*)\}\s+from\s$/.exec(clause)?.[1];
  return (
    names !== undefined &&
    names.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '))
  );
}

describe('a ready-made check', () => {
  it.each([
    ['network/tcp-check', []],
    ['network/http-check', []],
    ['network/dns-check', []],
    ['network/tls-check', []],
    ['local/disk-check', []],
    ['local/memory-check', []],
    ['local/event-loop-check', []],
    ['clients/redis-check', []],
    ['clients/kafka-check', []],
    ['clients/typeorm-check', ['typeorm']],
    ['clients/grpc-check', ['@grpc/grpc-js']],
  ])('%s loads these packages beyond what is always there: %p', (module, expected) => {
    const packages = [...packagesOf(resolve(here, `${module}.ts`))];
    expect(packages.filter((name) => !ALWAYS_THERE.test(name) && !builtinModules.includes(name))).toEqual(
      expected,
    );
    expect(packages).toContain('@vitals/core/health');
  });
});
