export {
  type Check,
  CHECK_DEFAULTS,
  type CheckContext,
  type CheckResult,
  HEALTH_KINDS,
  type HealthKind,
} from './check.js';
export { CheckRunner, type RunObserver } from './run/check-runner.js';
export { type ComponentError, type ComponentState, sortComponents } from './components/component.js';
export { redact } from './redact.js';
export { type HealthReport, summarise } from './report.js';
export { type Attribute, type Attributes, type HealthState, HealthStatus } from './status.js';
export { emptyAnswer, type HealthDetail, jsonAnswer, problemAnswer, type WireAnswer } from './wire/answer.js';
export { componentItem, componentList } from './components/component-list.js';
export {
  type ComponentHealth,
  componentsHealth,
  healthz,
  type HealthzApproach,
  type HealthzQuery,
  type HealthzState,
  outboundHealth,
  readApproach,
} from './components/healthz.js';
export { microProfile, type MicroProfileCheck, type MicroProfileHealth } from './wire/microprofile.js';
