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
