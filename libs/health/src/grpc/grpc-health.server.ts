import { type AddressInfo, createServer, type Server as Listener, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { refuse } from '@vitals/core/options';
import { Clock } from '@vitals/core/time';
import { GrpcHealth } from './grpc-health.js';
import {
  DEFAULT_HOST,
  GRPC_HEALTH_MODULE_OPTIONS,
  type GrpcHealthModuleOptions,
} from './grpc-health.module-options.js';

/** Longer than any name that somebody gives a service; @grpc/grpc-js would accept 4 MiB. */
const MAX_REQUEST = 65_536;

/** How long clients are given to leave before their connections are cut; longer than a check's default timeout. */
const GRACE_MS = 1_000;

/**
 * The module's own server. It listens before the app's own initialisation begins, so that liveness is answered
 * throughout it, and is closed after everything else. It does not keep the process alive.
 */
@Injectable()
export class GrpcHealthServer implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('GrpcHealthModule');
  private listener: Listener | undefined;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly health: GrpcHealth,
    private readonly clock: Clock,
    @Optional() @Inject(GRPC_HEALTH_MODULE_OPTIONS) private readonly options?: GrpcHealthModuleOptions,
  ) {}

  /** Where it listens; `undefined` if it does not. */
  get port(): number | undefined {
    return (this.listener?.address() as AddressInfo | null | undefined)?.port;
  }

  /** @throws VitalsError `declaration-invalid` if it cannot listen there */
  async onModuleInit(): Promise<void> {
    const { port, host = DEFAULT_HOST } = this.options ?? { port: false };
    if (port === false) return;
    const server = new Server({ 'grpc.max_receive_message_length': MAX_REQUEST });
    this.health.addTo(server);
    // A listener of its own, for that of @grpc/grpc-js would keep the process alive.
    const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
    const listener = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      connections.injectConnection(socket);
    }).unref();
    await listen(listener, port, host);
    listener.on('error', ({ message }) => this.logger.error(`no connection could be accepted: ${message}`));
    this.listener = listener;
    this.server = server;
    this.logger.log(`grpc.health.v1 on ${host}, port ${this.port}`);
  }

  async onApplicationShutdown(): Promise<void> {
    const { listener, server } = this;
    this.listener = undefined;
    if (!listener || !server) return;
    const closed = new Promise((resume) => listener.close(resume));
    const cancel = this.clock.after(GRACE_MS, () => {
      server.forceShutdown();
      // it does not know of those who connected and never spoke
      for (const socket of this.sockets) socket.destroy();
    });
    await new Promise<void>((resume) => server.tryShutdown(() => resume()));
    await closed;
    cancel();
  }
}

function listen(listener: Listener, port: number, host: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(port, host, resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'EADDRINUSE'
        ? 'is in use: stop what listens there, or give it another port'
        : `cannot be listened on: ${cause.message}`;
    refuse(`GrpcHealthModule.forRoot: port ${port} on ${host} ${why}`, cause);
  });
}
