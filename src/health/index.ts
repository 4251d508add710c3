export {
  type Check,
  CHECK_DEFAULTS,
  type CheckContext,
  type CheckResult,
  type CheckSeries,
  HEALTH_KINDS,
  type HealthKind,
} from './health-check.js';
export { type NamedCheck, namesOf } from './check-name.js';
export { beforeDeadline, RunContext, type StartedRun, UnfinishedRuns } from './run/bounded-runs.js';
export { CheckRunner, type RunObserver } from './run/check-runner.js';
export { type ComponentError, type ComponentState, sortComponents } from './components/component.js';
export { cut } from '../cut.js';
export { Listeners } from '../listeners.js';
export { failureReason } from './failure-reason.js';
export { redact } from './redact.js';
export { type HealthReport, isTarget, summarise, targetId } from './report.js';
export { type Attribute, type Attributes, type HealthState, HealthStatus } from './status.js';
export {
  emptyAnswer,
  type HealthDetail,
  jsonAnswer,
  problemAnswer,
  type WireAnswer,
} from './wire/wire-answer.js';
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
export { CheckMetrics } from './metrics/check-metrics.js';
export { metricFamily, prometheus } from './metrics/prometheus.js';
export { healthJson } from './wire/health-json.js';
export { mp0003 } from './wire/mp-0003.js';
export { chooseFormat, HEALTH_FORMATS, type HealthFormat, notAcceptable } from './wire/negotiate.js';
export { spring } from './wire/spring.js';
export { terminus } from './wire/terminus.js';
export { excludeChecks, type Exclusion, plainText } from './wire/text.js';
export { vitals, type VitalsCheck, type VitalsHealth } from './wire/vitals.js';
export { microProfile, type MicroProfileCheck, type MicroProfileHealth } from './wire/microprofile.js';
