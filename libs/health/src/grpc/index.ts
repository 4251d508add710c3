export { GrpcHealth, type GrpcHealthServices } from './grpc-health.js';
export { GrpcHealthModule } from './grpc-health.module.js';
export type { GrpcHealthModuleOptions } from './grpc-health.module-options.js';
export { GrpcHealthServer } from './grpc-health.server.js';
export { DAPR_APP_HEALTH_SERVICE, GRPC_HEALTH_SERVICE } from './service-definitions.js';
