import type { ServiceDefinition } from '@grpc/grpc-js';
import {
  decodeCheckRequest,
  decodeCheckResponse,
  decodeEmpty,
  decodeListResponse,
  encodeCheckRequest,
  encodeCheckResponse,
  encodeEmpty,
  encodeListResponse,
} from '@vitals/core/grpc';

const CHECK = {
  requestStream: false,
  responseStream: false,
  requestSerialize: encodeCheckRequest,
  requestDeserialize: decodeCheckRequest,
  responseSerialize: encodeCheckResponse,
  responseDeserialize: decodeCheckResponse,
} as const;

const EMPTY = {
  requestStream: false,
  responseStream: false,
  requestSerialize: encodeEmpty,
  requestDeserialize: decodeEmpty,
  responseSerialize: encodeEmpty,
  responseDeserialize: decodeEmpty,
} as const;

/** The service `grpc.health.v1.Health`, for a server or a client of @grpc/grpc-js. */
export const GRPC_HEALTH_SERVICE = {
  Check: { ...CHECK, path: '/grpc.health.v1.Health/Check' },
  Watch: { ...CHECK, path: '/grpc.health.v1.Health/Watch', responseStream: true },
  List: {
    ...EMPTY,
    path: '/grpc.health.v1.Health/List',
    responseSerialize: encodeListResponse,
    responseDeserialize: decodeListResponse,
  },
} satisfies ServiceDefinition;

/**
 * The service with which a Dapr sidecar asks an app whose protocol is gRPC for its health, for a server or a client of
 * @grpc/grpc-js. Source: `AppCallbackHealthCheck` of dapr/proto/runtime/v1/appcallback.proto; it is asked with a
 * `google.protobuf.Empty`, its answer has no fields.
 */
export const DAPR_APP_HEALTH_SERVICE = {
  HealthCheck: { ...EMPTY, path: '/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck' },
} satisfies ServiceDefinition;
