export { type Check, type CheckContext, type CheckResult, HEALTH_KINDS, type HealthKind } from './check.js';
export { CheckRunner } from './check-runner.js';
export { type ComponentState, sortComponents } from './component.js';
export { redact } from './redact.js';
export { type HealthReport, summarise } from './report.js';
export { type Attribute, type Attributes, type HealthState, HealthStatus } from './status.js';
export { emptyAnswer, type HealthDetail, jsonAnswer, problemAnswer, type WireAnswer } from './wire/answer.js';
export { componentItem, componentList } from './wire/component-list.js';
export {
  type ComponentHealth,
  componentsHealth,
  healthz,
  type HealthzQuery,
  type HealthzState,
  outboundHealth,
} from './wire/healthz.js';
export { microProfile, type MicroProfileCheck, type MicroProfileHealth } from './wire/microprofile.js';
