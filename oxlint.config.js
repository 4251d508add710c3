/** The packages, each with the packages that it may import. */
const PACKAGES = {
  src: '',
  'libs/probes': 'core',
  'libs/health': 'core probes',
  'libs/heartbeat': 'core health',
  'libs/provider-health': 'core',
  'apps/control-plane': 'core health heartbeat probes provider-health',
  'apps/demo': 'core health heartbeat probes provider-health',
};

/** The folders of the core, each with the folders that it may import; `*.js` are the files beside them. */
export const CORE = {
  time: '*.js',
  content: '*.js',
  http1: '*.js',
  json: '*.js',
  grpc: '*.js',
  settings: '*.js',
  options: '*.js time',
  commit: '*.js time',
  health: '*.js time',
  check: '*.js',
  transition: '*.js check',
  lease: '*.js time transition',
  cluster: '*.js time transition lease',
  'mass-failure': 'time',
  placement: '*.js transition',
};

/**
 * The features of the control plane, each with the features that it may import. A row names rows above it only: the
 * arrows cannot form a circle. What subscribes to the feed (transitions; later alerts, webhooks and the page) is named
 * by no row.
 */
export const FEATURES = {
  shutdown: '',
  settings: '',
  http: 'shutdown',
  outbound: 'shutdown settings',
  database: 'shutdown settings',
  cluster: 'shutdown settings database',
  security: 'settings http database',
  providers: 'settings http outbound database security',
  heartbeats: 'shutdown settings http database cluster security providers',
  placement: 'http database cluster security providers',
  'provider-health': 'shutdown settings http outbound database cluster security providers',
  'mass-failures': 'shutdown settings http database cluster security',
  leases: 'shutdown settings database cluster providers provider-health mass-failures',
  services: 'shutdown http outbound database cluster security',
  checks: 'shutdown settings http outbound database cluster security providers mass-failures services',
  declarations: 'shutdown settings http outbound database cluster providers mass-failures checks',
  transitions: 'shutdown settings http database cluster security providers leases checks',
  backups: 'shutdown settings http database',
  components: 'shutdown database',
  cli: 'settings http database declarations backups start.js',
  'api-docs': 'http security providers heartbeats services',
};

const MAX_DEPTH = 4;
const SERVERS = ['typeorm', 'fastify', 'express'];
const FRAMEWORKS = ['@nestjs/*', 'typeorm', 'rxjs', 'rxjs/*', 'node:*'];

const words = (row) => row.split(' ').filter(Boolean);

const override = (files, ...patterns) => ({
  files: [files],
  excludeFiles: ['**/*.spec.ts', '**/test/**'],
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

/** What a file of this package is refused, apart from the arrows of its folder. A package's samples import it. */
const ofPackage = (name) => ({
  group: ['**/apps/**', '**/libs/**', '@vitals/*', '@vitals/*/**'].concat(
    [name.replace(/^.*\//, ''), ...words(PACKAGES[name])].flatMap((to) => [
      `!@vitals/${to}`,
      `!@vitals/${to}/**`,
    ]),
    name.startsWith('libs') ? SERVERS : [],
  ),
  message: 'imports run one way: apps → libs → src',
});

/** The core's files have no framework; those that decode bytes have Node's own decoders. */
const pure = (folder) => ({
  group: FRAMEWORKS.concat(/content|options|json/.test(folder) ? ['!node:buffer', '!node:zlib'] : []),
  message: 'the core is framework-free: no Nest, no database, no I/O',
});

/**
 * The arrows of a table, whose folders lie in `root`. An import is judged as it is written, so every depth of a folder
 * has an override of its own. A folder without a row imports none.
 */
const arrows = (root, table, others) =>
  Object.entries({ '*': '', ...table }).flatMap(([folder, row]) =>
    Array.from({ length: MAX_DEPTH }, (_, depth) => {
      const up = '../'.repeat(depth + 1);
      const targets = words(row).map((to) => `!${up}${to}${to.endsWith('.js') ? '' : '/**'}`);
      return override(`${root}/${folder}/${'*/'.repeat(depth)}*.ts`, ...others(folder), {
        group: [`${up}*`, `${up}*/**`, ...targets],
        message: `${folder} imports what its row in oxlint.config.js names`,
      });
    }),
  );

const timeIn = (name) => ({ name, message: 'time comes from src/time' });
const CLOCKS = ['Date', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'process'].map(timeIn);

/** @type {import('oxlint').OxlintConfig} */
export default {
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise'],
  env: { node: true, es2024: true, vitest: true },
  ignorePatterns: ['**/dist', 'data', 'test/clients/typescript'],
  categories: { correctness: 'error' },
  rules: {
    'import/no-cycle': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-extraneous-class': 'off',
    'no-shadow': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    eqeqeq: 'error',
    'no-else-return': 'error',
  },
  overrides: [
    ...Object.keys(PACKAGES).map((name) => override(`${name}/**/*.ts`, ofPackage(name))),
    override('src/*.ts', pure('.'), ofPackage('src'), {
      group: ['./*/**'],
      message: 'files beside the folders know none',
    }),
    ...arrows('src', CORE, (folder) => [pure(folder), ofPackage('src')]),
    ...arrows('apps/control-plane/src', FEATURES, () => [ofPackage('apps/control-plane')]),
    override('libs/health/**/typeorm-check.ts', { group: ['**/apps/**'], message: 'imports run one way' }),
    {
      files: ['src/**/*.ts'],
      excludeFiles: ['src/time/**'],
      rules: { 'no-restricted-globals': ['error', ...CLOCKS] },
    },
    { files: ['test/**', '**/*.spec.ts'], rules: { 'no-console': 'off' } },
  ],
};
