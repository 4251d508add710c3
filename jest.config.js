/** Tests run as native ES modules, against the sources: nothing has to be built first. */
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

export default {
  testEnvironment: '<rootDir>/test/environment/node.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  resolver: '<rootDir>/test/environment/resolver.js',
  moduleNameMapper: {
    '^@vitals/core/(errors|nearest-name|order)$': '<rootDir>/src/$1.ts',
    '^@vitals/core/(.*)$': '<rootDir>/src/$1/index.ts',
    '^@vitals/health/(conformance|grpc|testing)$': '<rootDir>/libs/health/src/$1/index.ts',
    '^@vitals/health/checks/(disk|event-loop|memory)$': '<rootDir>/libs/health/src/checks/local/$1-check.ts',
    '^@vitals/health/checks/(dns|http|tcp|tls)$': '<rootDir>/libs/health/src/checks/network/$1-check.ts',
    '^@vitals/health/checks/(grpc|kafka|redis|typeorm)$':
      '<rootDir>/libs/health/src/checks/clients/$1-check.ts',
    '^@vitals/(health|heartbeat|provider-health)$': '<rootDir>/libs/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/'],
  testMatch: [
    '<rootDir>/{src,libs,apps}/**/*.spec.ts',
    '<rootDir>/test/{e2e,conformance,simulation}/**/*.spec.ts',
  ],
  // processes start slowly on a machine that others use too; what waits in vain fails by itself before that
  testTimeout: 60_000,
  maxWorkers: '100%',
};
