import {
  credentials,
  loadPackageDefinition,
  type requestCallback,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { closeAfterTest } from './grpc-app.js';

interface AppHealthStub {
  HealthCheck(request: object, options: { deadline: number }, callback: requestCallback<object>): void;
  close(): void;
}

const loaded = loadPackageDefinition(loadSync('libs/health/test/dapr-app-health.proto')) as unknown as {
  dapr: { proto: { runtime: { v1: { AppCallbackHealthCheck: ServiceClientConstructor } } } };
};

/**
 * Asks an app for its health as a sidecar does over gRPC: every status but OK is unhealthy.
 * @returns `OK`, or the code and details that it failed with
 */
export function daprSidecar(port: number, timeoutMs = 10_000) {
  const { AppCallbackHealthCheck } = loaded.dapr.proto.runtime.v1;
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const stub = new AppCallbackHealthCheck(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
    options,
  ) as unknown as AppHealthStub;
  closeAfterTest(() => stub.close());
  return {
    probe: (): Promise<string> =>
      new Promise((resolve) =>
        stub.HealthCheck({}, { deadline: Date.now() + timeoutMs }, (error) =>
          resolve(error ? `${error.code} ${error.details}` : 'OK'),
        ),
      ),
  };
}
