export type {
  AgentEvents,
  AgentMetrics,
  HeartbeatAgentOptions,
  Phase,
  ProviderInfo,
  ProviderRegistration,
} from './agent.options.js';
export { HeartbeatAgent } from './heartbeat.agent.js';
export { HeartbeatModule } from './heartbeat.module.js';
