export type { ConformanceAssertion } from './assertion.js';
export { MICROPROFILE_ASSERTIONS } from './assertions.js';
export { type Boot, bootOn, type Deployment, type FetchedAnswer } from './deployment.js';
export { type ConformanceSuite, describeMicroProfileConformance, type TestRunner } from './describe.js';
export { breachesOfSchema } from './microprofile-schema.js';
