export * from './agent/index.js';
export { HeartbeatModule } from './heartbeat.module.js';
