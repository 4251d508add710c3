import { fileURLToPath } from 'node:url';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** What a package exports, and the source behind it: nothing has to be built before a test runs. */
const SOURCES = [
  [/^@vitals\/core\/(errors|nearest-name|order)$/, 'src/$1.ts'],
  [/^@vitals\/core\/(.*)$/, 'src/$1/index.ts'],
  [/^@vitals\/health\/(conformance|grpc|testing)$/, 'libs/health/src/$1/index.ts'],
  [/^@vitals\/health\/checks\/(disk|event-loop|memory)$/, 'libs/health/src/checks/local/$1-check.ts'],
  [/^@vitals\/health\/checks\/(dns|http|tcp|tls)$/, 'libs/health/src/checks/network/$1-check.ts'],
  [/^@vitals\/health\/checks\/(grpc|kafka|redis|typeorm)$/, 'libs/health/src/checks/clients/$1-check.ts'],
  [/^@vitals\/(health|heartbeat|probes|provider-health)$/, 'libs/$1/src/index.ts'],
];

/** What goes through HTTP and does not name its database runs on PostgreSQL as well. */
const ON_POSTGRES =
  'test/e2e/{api-*,bad-*,heartbeats,long-answers,mass-failures,no-body,openapi.answers,placement,providers,repeated-calls,security*,silence,texts}.spec.ts';

/** A set of specs that one command runs; on a machine that others use too, processes start slowly. */
const project = (name, include, timeoutMs = 60_000, more = {}) => ({
  extends: true,
  test: { name, include, testTimeout: timeoutMs, hookTimeout: timeoutMs, ...more },
});

export default defineConfig({
  // decorators and the types of their parameters are not in the reach of Vite's own compiler
  plugins: [
    swc.vite({
      swcrc: false,
      tsconfigFile: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
      module: { type: 'es6' },
    }),
  ],
  resolve: { alias: SOURCES.map(([find, source]) => ({ find, replacement: root + source })) },
  test: {
    globals: true,
    setupFiles: 'test/environment/each-file.js',
    pool: 'forks',
    // the files of a worker share its modules: Nest is loaded once and not four hundred times
    isolate: false,
    maxWorkers: '100%',
    projects: [
      project('tests', [
        '{src,libs,apps}/**/*.spec.ts',
        'test/{e2e,conformance,simulation,cluster}/**/*.spec.ts',
      ]),
      project('integration', ['test/integration/**/*.spec.ts']),
      project('postgres', [ON_POSTGRES], 60_000, { globalSetup: 'test/integration/on-postgres.ts' }),
      project('processes', ['test/processes/**/*.spec.ts'], 180_000),
    ],
  },
});
