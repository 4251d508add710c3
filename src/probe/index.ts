export {
  type BodyCondition,
  type CheckTarget,
  type CodeRange,
  type GrpcTarget,
  HTTP_METHODS,
  type HttpMethod,
  type HttpTarget,
  type ProbeTarget,
  type TcpTarget,
  type TlsTarget,
} from './target.js';
export type { ProbeOutcome, ProbeResult } from './probe-result.js';
export {
  type CheckDefinition,
  type CheckPolicy,
  DEFAULT_CHECK_POLICY,
  type MaintenanceWindow,
} from './check-definition.js';
export {
  type CheckEffect,
  type CheckEvent,
  type CheckState,
  type CheckStatus,
  type CheckStep,
  type CheckVerdict,
  statusOf,
} from './check-state.js';
