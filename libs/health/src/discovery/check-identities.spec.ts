import { runInThisContext } from 'node:vm';
import { minifySync } from '@swc/core';
import type { Type } from '@nestjs/common';
import { boot, checkClass, recordingLogger } from '../../test/health-app.js';
import { Health } from '../declaration/health.decorator.js';
import type { HealthOptions } from '../declaration/health.options.js';
import type { DiscoveredCheck } from './health.explorer.js';
import { warningOfMinified } from './check-identities.js';

/** The class of this library that is looked at, as it is called where nothing was minified. */
const OWN = 'HealthLoader';

function found(owner: string, module: string, options: HealthOptions = {}): DiscoveredCheck {
  return { instance: {}, owner, module, token: owner, method: 'check', options };
}

/** Classes as a minifier leaves them: the source is minified as a bundle is, and run. */
function minifiedClasses(source: string): Type[] {
  const { code } = minifySync(source, { compress: false, mangle: { toplevel: true }, module: false });
  const classes = runInThisContext(`(() => { const exported = []; ${code}; return exported; })()`) as Type[];
  for (const one of classes) {
    const descriptor = Object.getOwnPropertyDescriptor(one.prototype, 'check') as PropertyDescriptor;
    Health()(one.prototype as object, 'check', descriptor as TypedPropertyDescriptor<never>);
  }
  return classes;
}

describe('warningOfMinified', () => {
  it.each<[string, [owner: string, module: string][], string]>([
    ['a letter', [['a', 'AppModule']], OWN],
    ['a small letter and a digit', [['e2', 'AppModule']], OWN],
    ['a dollar sign', [['$', 'AppModule']], OWN],
    ['capitals in a module as short', [['Xr', 'Q']], OWN],
    ['three letters, if the library lost its names too', [['Vxe', 'Zr1']], 'e'],
    ['no name, if the library lost its names too', [['', 'Zr1']], 'e'],
    [
      'one of many',
      [
        ['DiskHealth', 'AppModule'],
        ['t', 'AppModule'],
      ],
      OWN,
    ],
  ])('warns of %s', (_what, names, ownName) => {
    const warning = warningOfMinified(
      names.map(([owner, module]) => found(owner, module)),
      ownName,
    );
    expect(warning).toContain('class names seem to be minified');
  });

  it.each<[string, [owner: string, module: string][], string]>([
    [
      'names that people give',
      [
        ['DiskHealth', 'AppModule'],
        ['diskHealth', 'AppModule'],
      ],
      OWN,
    ],
    [
      'short names that people give',
      [
        ['Db', 'AppModule'],
        ['S3', 'StorageModule'],
        ['Api', 'App'],
      ],
      OWN,
    ],
    [
      'a class of the same name in each module',
      [
        ['Health', 'A'],
        ['Health', 'B'],
        ['Health', 'C'],
      ],
      OWN,
    ],
    ['an anonymous class', [['', 'AppModule']], OWN],
    ['long names beside a minified library', [['DiskHealth', 'AppModule']], 'e'],
    ['no checks', [], 'e'],
  ])('does not warn of %s', (_what, names, ownName) => {
    expect(
      warningOfMinified(
        names.map(([owner, module]) => found(owner, module)),
        ownName,
      ),
    ).toBeUndefined();
  });

  it('does not warn of a check that has an id, but of one that has only a name', () => {
    expect(warningOfMinified([found('a', 'b', { id: 'disk' })], 'e')).toBeUndefined();
    expect(warningOfMinified([found('a', 'b', { name: 'disk' })], 'e')).toBeDefined();
  });

  it('names three checks, how many more there are, and what to do', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((owner) => found(owner, 'm'));
    const warning = warningOfMinified(names, OWN);
    expect(warning).toContain('(a#check, b#check, c#check and 2 more)');
    expect(warning).toContain("Give each check an id, such as @Health({ id: 'disk', name: 'disk' })");
    expect(warning).toContain('keepNames');
  });
});

describe('an app whose classes were minified', () => {
  it('is warned of it once at boot', async () => {
    const providers = minifiedClasses(`
      class DiskHealth { check() { return true; } }
      class DatabaseHealth { check() { return true; } }
      exported.push(DiskHealth, DatabaseHealth);
    `);
    expect(providers.every(({ name }) => name.length <= 2)).toBe(true);
    const { lines, logger } = recordingLogger();
    await boot({ providers, logger });
    expect(lines.warn.filter((line) => line.includes('minified'))).toHaveLength(1);
  });

  it('is not warned if the names were kept', async () => {
    const { lines, logger } = recordingLogger();
    await boot({ providers: [checkClass({}, () => true, 'DiskHealth')], logger });
    expect(lines.warn).toEqual([]);
  });
});
