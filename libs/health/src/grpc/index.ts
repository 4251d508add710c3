export { GRPC_HEALTH_SERVICE, GrpcHealth } from './grpc-health.js';
export { GrpcHealthModule } from './grpc-health.module.js';
export type { GrpcHealthModuleOptions } from './grpc-health.module-options.js';
export { GrpcHealthServer } from './grpc-health.server.js';
