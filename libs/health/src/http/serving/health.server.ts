import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { problemAnswer } from '@vitals/core/health';
import { refuse } from '@vitals/core/options';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../../health.module-options.js';
import { CorsPolicy } from './cors.policy.js';
import { HealthExchange } from './health.exchange.js';
import { HealthRoutes } from '../health.routes.js';
import { send } from './framework-exchange.js';
import { RequestTurns } from './request-turns.js';
import { dropUnread } from './unread-answers.js';

/** What is being answered may end; who is slower than this is cut off, in milliseconds. */
const MAX_CLOSING_MS = 1_000;

/**
 * Serves health on a port of its own, for an app whose own port is not for probes, and for one that has none:
 * a worker, a microservice. It answers from before bootstrap is complete until everything else is closed.
 */
@Injectable()
export class HealthServer implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Health');
  private readonly turns = new RequestTurns();
  private server: Server | undefined;

  constructor(
    private readonly exchange: HealthExchange,
    private readonly routes: HealthRoutes,
    private readonly cors: CorsPolicy,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** @throws VitalsError `declaration-invalid` if the port cannot be had */
  async onModuleInit(): Promise<void> {
    const { port, host } = this.options;
    if (port === undefined) return;
    const server = createServer((request, response) =>
      this.turns.take(request, response, () => this.answer(request, response)),
    );
    dropUnread(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    }).catch((cause: Error) =>
      refuse(
        `HealthModule.forRoot: port ${port} cannot be had (${cause.message}); free it, or choose another`,
        cause,
      ),
    );
    this.server = server;
    this.logger.log(`health is served on port ${this.port}`);
  }

  async onApplicationShutdown(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    const cut = setTimeout(() => server.closeAllConnections(), MAX_CLOSING_MS);
    await closed;
    clearTimeout(cut);
  }

  /** The port that is listened on; `undefined` while there is none. */
  get port(): number | undefined {
    const address = this.server?.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const found = this.exchange.find(request.url);
    if (found) return this.exchange.handle(found, request, this.server, (answer) => send(response, answer));
    const known = this.routes.all().map(({ path }) => path);
    const detail = `this port serves health only: ${known.join(', ')}`;
    return send(response, this.cors.mark(problemAnswer(404, 'Not Found', detail), request.headers));
  }
}
