import { join } from 'node:path';
import { addEntries, addHealth } from './add-health.js';
import { NestApp } from './nest-app.js';
import { run } from './process.js';

const NEW = ['--skip-install', '--skip-git', '--package-manager', 'npm'];

/** From which on Jest loads ES modules in CommonJS tests, by its own message. */
const JEST_REQUIRES_MODULES = [24, 9];

/** Nest 11: CommonJS as generated, with the resolution of older apps, and ES modules on Fastify. */
export async function nest11(report, { folder, tarballs }) {
  const app = new NestApp(join(folder, 'nest11'));
  const step = (name, action) => report.step(`Nest 11: ${name}`, action);
  const nest = ['exec', '--yes', '--package=@nestjs/cli@11', '--', 'nest'];
  const made = await step('nest new', () => run(folder, 'npm', ...nest, 'new', 'nest11', ...NEW));
  if (!made || !(await step('npm install <tarballs>', () => app.install(...tarballs)))) return;

  addHealth(app);
  addEntries(app, { optionalPeers: false });
  app.strict();
  await step('CommonJS compiles', () => app.build());
  await step('CommonJS answers', () => app.answers());
  await step('CommonJS: require and import give the same classes', () => app.loadsOnce());
  await step('CommonJS: a check of one build is found by the other', () => app.sharesMetadata());
  await step('CommonJS: Jest imports the AppModule, and every entry point', () =>
    run(app.folder, 'npm', 'test'),
  );
  // declarations that Jest brings do not stand a check by this resolution
  const bundler = [
    'tsc',
    '--noEmit',
    '-p',
    'tsconfig.json',
    '--module',
    'preserve',
    '--moduleResolution',
    'bundler',
    '--skipLibCheck',
  ];
  await step('resolution bundler compiles', () => run(app.folder, 'npx', '--no-install', ...bundler));

  app.strict({ module: 'commonjs', moduleResolution: 'node10', resolvePackageJsonExports: undefined });
  await step('CommonJS, resolution node10 compiles', () => app.build());
  await step('CommonJS, resolution node10 answers', () => app.answers());
  await step('CommonJS, resolution node10: Jest imports the AppModule, and every entry point', () =>
    run(app.folder, 'npm', 'test'),
  );

  await step('npm install of Fastify and the optional peers', () =>
    app.install('@nestjs/platform-fastify@11', '@grpc/grpc-js@1', 'typeorm@0.3'),
  );
  app.changeJson('package.json', (declared) => ({ ...declared, type: 'module' }));
  app.change(
    'src/main.ts',
    [`import { FastifyAdapter } from '@nestjs/platform-fastify';`],
    ['create(AppModule)', 'create(AppModule, new FastifyAdapter())'],
  );
  addEntries(app, { optionalPeers: true });
  app.addExtensions();
  app.strict({ module: 'nodenext', moduleResolution: 'nodenext' });
  await step('ES modules on Fastify compiles', () => app.build());
  await step('ES modules on Fastify answers', () => app.answers());
}

/** Nest 12 as ES modules, which is what its generator makes unless it is told otherwise. */
export async function nest12(report, { folder, tarballs, root }) {
  const app = new NestApp(join(folder, 'nest12'));
  const step = (name, action) => report.step(`Nest 12: ${name}`, action);
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const made = await step('nest new', () => run(folder, 'node', nest, 'new', 'nest12', ...NEW));
  if (!made || !(await step('npm install <tarballs>', () => app.install(...tarballs)))) return;

  addHealth(app);
  addEntries(app, { optionalPeers: false });
  app.addExtensions();
  app.strict();
  await step('ES modules compiles', () => app.build());
  await step('ES modules answers', () => app.answers());
  await step('ES modules: require and import give the same classes', () => app.loadsOnce());
  await step('ES modules: Vitest imports the AppModule, and every entry point', () =>
    run(app.folder, 'npm', 'test'),
  );
}

/** Nest 12 as CommonJS, made by the schematic behind `nest new`, which asks for this only on a terminal. */
export async function nest12CommonJs(report, { folder, tarballs, root }) {
  const app = new NestApp(join(folder, 'nest12-cjs'));
  const step = (name, action) => report.step(`Nest 12: ${name}`, action);
  const schematics = join(root, 'node_modules/@angular-devkit/schematics-cli/bin/schematics.js');
  const options = ['--name=nest12-cjs', '--type=cjs', '--language=ts'];
  const made = await step('schematic application --type=cjs', () =>
    run(folder, 'node', schematics, '@nestjs/schematics:application', ...options),
  );
  if (!made || !(await step('CommonJS: npm install <tarballs>', () => app.install(...tarballs)))) return;

  addHealth(app);
  addEntries(app, { optionalPeers: false });
  app.strict();
  await step('CommonJS compiles', () => app.build());
  await step('CommonJS answers', () => app.answers());
  await step('CommonJS: require and import give the same classes', () => app.loadsOnce());
  const [major, minor] = process.versions.node.split('.').map(Number);
  const jest = 'Nest 12: CommonJS: Jest imports the AppModule, and every entry point';
  if (
    major > JEST_REQUIRES_MODULES[0] ||
    (major === JEST_REQUIRES_MODULES[0] && minor >= JEST_REQUIRES_MODULES[1])
  ) {
    await report.step(jest, () => run(app.folder, 'npm', 'test'));
  } else {
    report.skip(jest, 'the generated test itself needs Node 24.9, from which on Jest can require ES modules');
  }
}
