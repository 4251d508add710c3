export type { PhaseContext } from '../asking/phase.source.js';
export { FileTokenStore, type TokenStore } from '../identity/file.token-store.js';
export type { AgentEvents, FaultSource } from '../telemetry/agent.events.js';
export {
  type AgentMetrics,
  type CallKind,
  LATENCY_BOUNDS_MS,
  type LatencyHistogram,
} from '../telemetry/agent.metrics.js';
export { type AgentLog, logAgent } from '../telemetry/agent.log.js';
export { prometheusText } from '../telemetry/agent-prometheus.js';
export { FAILURE_CAUSES, type FailureCause } from '../wire/failure.js';
export { type Phase, PHASES, type ProviderInfo, type ProviderRegistration } from '../wire/provider.js';
export type { HeartbeatAgentOptions } from './agent.options.js';
export { HeartbeatAgent } from './heartbeat.agent.js';
