export { canonicalHost, isLocalhostName, isLoopback } from '../host-name.js';
export { bracketed, bracketedPlaces } from '../place.js';
export { errorMessage, tlsFault, tlsMeaning, withoutOpenSslErrors } from '../tls-fault.js';
export { authorityOf, placeText, tlsIdentityOf } from './authority.js';
export { canParseUrl } from '../can-parse-url.js';
export { percentDecoded } from '../percent-decoded.js';
export { canonicalName, reverseName } from './dns/dns-name.js';
export { IPV4_MAPPED, parseIpAddress } from './dns/ip-address.js';
export {
  canonicalRecord,
  DNS_RECORD_EXAMPLES,
  DNS_RECORD_TYPES,
  type DnsRecordType,
  recordsFault,
  recordsOf,
} from './dns/dns-record.js';
export {
  type BodyCondition,
  type CheckTarget,
  type CodeRange,
  type DnsTarget,
  type GrpcTarget,
  HTTP_METHODS,
  type HttpMethod,
  type HttpTarget,
  type ProbeTarget,
  type TcpTarget,
  type TlsOptions,
  type TlsTarget,
} from './target.js';
export { secretsOf, type TargetSecret, withSecrets } from './target-secrets.js';
export { withoutSecrets } from './without-secrets.js';
export { MAX_MESSAGE, type ProbeOutcome, type ProbeResult } from './probe-result.js';
export {
  type CheckDefinition,
  type CheckPolicy,
  DEFAULT_CHECK_POLICY,
  type JudgedCheck,
  type MaintenanceWindow,
} from './check-definition.js';
export {
  CHECK_STATUSES,
  type CheckEffect,
  type CheckEvent,
  type CheckState,
  type CheckStatus,
  type CheckStep,
  type CheckVerdict,
  statusOf,
} from './check-state.js';
export {
  failingForMs,
  isFailing,
  type RecoveredCheck,
  recoverCheck,
  redirectCheck,
  restoreCheck,
  startCheck,
} from './begin-check.js';
export { advance, type AdvanceOptions } from './advance.js';
export { isStale, nextRunMs, staggerMs } from './cadence.js';
export { excuseSilence, shiftCheck } from './shift-check.js';
export { Lane, type LaneLimits } from './lane.js';
export { CronExpression } from './maintenance/cron-expression.js';
export { type CheckResult, ResultRing } from './result-ring.js';
export {
  addedUp,
  BUCKET_WIDTHS,
  type BucketWidth,
  type KeyedBucket,
  sumOf,
  UPTIME_COUNTS,
  type UptimeBucket,
  type UptimeCounts,
  UptimeMinute,
  WIDTH_MS,
} from './uptime.js';
export { readTaskDefinition } from './tasks/read-task-definition.js';
export {
  type DeletedTask,
  frequencyMs,
  isHttp,
  isTooOld,
  sameKey,
  type ScheduledTask,
  TASK_ACTIONS,
  type TaskAction,
  type TaskDefinition,
  type TaskDefinitionKey,
  type TaskFrequency,
  TIME_UNITS,
  type TimeUnit,
} from './tasks/task-definition.js';
export {
  canonicalAddress,
  checkIdOf,
  groupOf,
  type InstancePlace,
  placeOf,
  PROTOCOL,
  readCheckId,
  SERVICE_ID,
  shortIdOf,
} from './services/instance-id.js';
export { InstanceIndex } from './services/instance-index.js';
