import { type AddressInfo, createServer } from 'node:net';
import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { Controller, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type AsyncMicroserviceOptions,
  GrpcMethod,
  type GrpcOptions,
  Transport,
} from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { daprSidecar } from '../../test/dapr-sidecar.js';
import { closeAfterTest, grpcClient, grpcWorker, portOf, until } from '../../test/grpc-app.js';
import { checkClass } from '../../test/health-app.js';
import { HealthModule } from '../index.js';
import { GrpcHealth, GrpcHealthModule } from './index.js';

const Live = checkClass({ name: 'live', kinds: ['liveness'] }, () => true, 'Live');
const QUIET = { logger: false, abortOnError: false } as const;

/** A port on 127.0.0.1 that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('GrpcHealth on a server of the app', () => {
  it('is added to any server of @grpc/grpc-js, and to several', async () => {
    const app = await grpcWorker({ imports: [GrpcHealthModule], providers: [Live] });
    expect(portOf(app)).toBeUndefined();
    for (let count = 0; count < 2; count++) {
      const server = new Server();
      app.get(GrpcHealth).addTo(server);
      const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
          error ? reject(error) : resolve(bound),
        ),
      );
      closeAfterTest(() => server.forceShutdown());
      expect(await grpcClient(port).check('live')).toBe('SERVING');
      expect(await daprSidecar(port).probe()).toBe('OK');
    }
  });

  it('refuses a server that has such a service', async () => {
    const app = await grpcWorker({ imports: [GrpcHealthModule.forRoot({ port: false, watchEvery: '1s' })] });
    const server = new Server();
    app.get(GrpcHealth).addTo(server);
    expect(() => app.get(GrpcHealth).addTo(server)).toThrow(/already provided/);
  });
});

describe("GrpcHealth in Nest's gRPC transport", () => {
  const text = { fields: { name: { type: 'string', id: 1 } } };
  const greet = { methods: { Greet: { requestType: 'Name', responseType: 'Name', comment: '' } } };
  const packageDefinition = fromJSON({ nested: { greeter: { nested: { Name: text, Greeter: greet } } } });

  @Controller()
  class Greeter {
    @GrpcMethod('Greeter', 'Greet')
    greet({ name }: { name: string }): { name: string } {
      return { name: `hello ${name}` };
    }
  }

  @Module({ imports: [HealthModule, GrpcHealthModule], controllers: [Greeter], providers: [Live] })
  class Greeting {}

  const transport = (health: GrpcHealth, port: number, gracefulShutdown: boolean): GrpcOptions => ({
    transport: Transport.GRPC,
    options: {
      url: `127.0.0.1:${port}`,
      package: 'greeter',
      packageDefinition,
      gracefulShutdown,
      onLoadPackageDefinition: (_definition: unknown, server: Server) => health.addTo(server),
    },
  });

  /** Both ways to make an app with this transport, and a port on which it serves. */
  const APPS: readonly (readonly [
    string,
    (graceful: boolean) => Promise<[INestApplicationContext, number]>,
  ])[] = [
    [
      'a microservice with asynchronous options',
      async (graceful) => {
        const port = await freePort();
        const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(Greeting, {
          ...QUIET,
          inject: [GrpcHealth],
          useFactory: (health: GrpcHealth) => transport(health, port, graceful),
        });
        await app.listen();
        return [app, port];
      },
    ],
    [
      'a hybrid app',
      async (graceful) => {
        const port = await freePort();
        const app = await NestFactory.create(Greeting, new FastifyAdapter(), QUIET);
        app.connectMicroservice(transport(app.get(GrpcHealth), port, graceful));
        await app.startAllMicroservices();
        await app.listen(0, '127.0.0.1');
        return [app, port];
      },
    ],
  ];

  describe.each(APPS)('of %s', (_what, serve) => {
    it("answers beside the app's own services", async () => {
      const [app, port] = await serve(false);
      closeAfterTest(() => app.close());
      const client = grpcClient(port);
      expect(await client.check('live')).toBe('SERVING');
      expect(await daprSidecar(port).probe()).toBe('OK');
      expect(await client.list()).toMatchObject({ '': 'SERVING', live: 'SERVING' });
      await expect(client.check('nobody')).rejects.toMatchObject({ code: 5 });
      const { greeter } = loadPackageDefinition(packageDefinition) as never as Record<
        'greeter',
        Record<'Greeter', ServiceClientConstructor>
      >;
      const stub = new greeter.Greeter(`127.0.0.1:${port}`, credentials.createInsecure());
      closeAfterTest(() => stub.close());
      const answer = await new Promise((resolve) =>
        stub['Greet']?.({ name: 'Ada' }, (_error: unknown, given: unknown) => resolve(given)),
      );
      expect(answer).toEqual({ name: 'hello Ada' });
    });

    it.each([false, true])('closes although it is watched; gracefulShutdown: %s', async (graceful) => {
      const [app, port] = await serve(graceful);
      const watching = grpcClient(port).watch('');
      expect(await watching.next()).toBe('SERVING');
      await app.close();
      if (graceful) expect(await watching.next()).toBe('NOT_SERVING');
      await watching.ended;
      await until(() => app.get(GrpcHealth).watched === 0);
    });
  });
});
