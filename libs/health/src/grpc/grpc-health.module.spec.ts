import { type AddressInfo, connect, createServer } from 'node:net';
import { Injectable, Module, type ModuleMetadata, type OnModuleInit } from '@nestjs/common';
import { closeAfterTest, grpcClient, grpcWorker, portOf, serveGrpc } from '../../test/grpc-app.js';
import { checkClass, recordingLogger } from '../../test/health-app.js';
import { GrpcHealthModule, type GrpcHealthModuleOptions, GrpcHealthServer } from './index.js';

const Live = checkClass({ name: 'live', kinds: ['liveness'] }, () => true, 'Live');

@Injectable()
class Settings {
  readonly port = Promise.resolve(0);
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

const worker = (...imports: NonNullable<ModuleMetadata['imports']>) =>
  grpcWorker({ imports, providers: [Live] });

describe("the module's own server", () => {
  it('serves a worker that has no HTTP', async () => {
    const app = await worker(GrpcHealthModule.forRoot({ port: 0 }));
    expect(await grpcClient(portOf(app)).check('live')).toBe('SERVING');
  });

  it('takes its options from an asynchronous factory with dependencies', async () => {
    const module = GrpcHealthModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: async ({ port }: Settings) => ({ port: await port, host: 'localhost' }),
    });
    const app = await worker(module);
    expect(await grpcClient(portOf(app), 'localhost').check('')).toBe('SERVING');
  });

  it('listens on IPv6 too', async () => {
    const app = await worker(GrpcHealthModule.forRoot({ port: 0, host: '::1' }));
    expect(await grpcClient(portOf(app), '[::1]').check('')).toBe('SERVING');
  });

  it('does not keep the process alive', async () => {
    const listeners = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
    const before = listeners();
    await worker(GrpcHealthModule.forRoot({ port: 0 }));
    expect(listeners()).toBe(before);
    const other = createServer();
    closeAfterTest(() => other.close());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    expect(listeners()).toBe(before + 1);
  });

  it('says where it listens', async () => {
    const { lines, logger } = recordingLogger();
    const app = await grpcWorker({ imports: [GrpcHealthModule.forRoot({ port: 0 })] }, logger);
    expect(lines.log).toContain(`grpc.health.v1 on 127.0.0.1, port ${portOf(app)}`);
  });

  it('answers liveness while the app is initialised, whatever the order of the modules', async () => {
    const seen: string[] = [];
    @Injectable()
    class SlowToStart implements OnModuleInit {
      constructor(private readonly server: GrpcHealthServer) {}

      async onModuleInit(): Promise<void> {
        const client = grpcClient(this.server.port as number);
        seen.push(await client.check('liveness'), await client.check(''));
      }
    }
    @Module({ providers: [SlowToStart] })
    class SlowModule {}
    await worker(SlowModule, GrpcHealthModule.forRoot({ port: 0 }));
    expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
  });

  it('fails the boot when its port is in use, naming the port and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    closeAfterTest(() => other.close());
    const { port } = other.address() as AddressInfo;
    await expect(worker(GrpcHealthModule.forRoot({ port }))).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: `GrpcHealthModule.forRoot: port ${port} on 127.0.0.1 is in use: stop what listens there, or give it another port`,
    });
  });

  it('fails the boot when its address is not one of this machine', async () => {
    await expect(worker(GrpcHealthModule.forRoot({ port: 0, host: '192.0.2.1' }))).rejects.toThrow(
      /^GrpcHealthModule.forRoot: port 0 on 192\.0\.2\.1 cannot be listened on: /,
    );
  });

  it('tells watchers when the app closes, ends their streams, and frees its port', async () => {
    const { app, check, port, watch } = await serveGrpc();
    const watching = watch('');
    expect(await watching.next()).toBe('SERVING');
    expect(await check('liveness')).toBe('SERVING');
    await app.close();
    expect(await watching.next()).toBe('NOT_SERVING');
    await expect(watching.ended).resolves.toMatchObject({ code: 14, details: 'the server shuts down' });
    expect(portOf(app)).toBeUndefined();
    const { app: next } = await serveGrpc({ grpc: { port } });
    expect(portOf(next)).toBe(port);
  });

  it('gives a client that says nothing a second to leave when the app closes', async () => {
    const { app, clock, port, watch } = await serveGrpc();
    const socket = connect(port, '127.0.0.1');
    closeAfterTest(() => socket.destroy());
    const cut = new Promise((resolve) => socket.once('close', resolve).resume());
    const watching = watch('');
    expect(await watching.next()).toBe('SERVING');
    const closed = app.close();
    await watching.ended;
    await clock.advance(999);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    await closed;
    await cut;
  });

  it.each<[string, object, RegExp]>([
    ['an option that is none', { port: 0, ports: 1 }, /unknown option `ports`; did you mean `port`\?/],
    ['no port', {}, /port must be/],
    ['a port as text', { port: '50051' }, /port must be a whole number.*; write 50051 without quotes/],
    ['a negative port', { port: -1 }, /port must be/],
    ['a port that is too large', { port: 65_536 }, /port must be/],
    ['half a port', { port: 1.5 }, /port must be/],
    ['true for a port', { port: true }, /port must be/],
    ['an empty host', { port: 0, host: '' }, /host must be/],
    ['a host with a port', { port: 0, host: 'localhost:1' }, /host must be/],
    ['a host that is a URL', { port: 0, host: 'unix:///tmp/x' }, /host must be/],
    ['a host that is not a string', { port: 0, host: 1 }, /host must be/],
    ['a host for no server', { port: false, host: 'localhost' }, /host means nothing/],
    ['a watchEvery that is no duration', { port: 0, watchEvery: 'often' }, /watchEvery: "often" is not/],
    [
      'a flag in quotes',
      { port: 0, dapr: 'false' },
      /dapr: must be true or false; write false without quotes/,
    ],
    ['a watchEvery of 0', { port: 0, watchEvery: 0 }, /watchEvery must be longer than 0/],
  ])('fails the boot when it is given %s', async (_what, options, message) => {
    const module = GrpcHealthModule.forRoot(options as GrpcHealthModuleOptions);
    const failure = worker(module);
    await expect(failure).rejects.toMatchObject({ code: 'declaration-invalid' });
    await expect(failure).rejects.toThrow(/^GrpcHealthModule\.forRoot: /);
    await expect(failure).rejects.toThrow(message);
  });
});
