import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { problemAnswer } from '@vitals/core/health';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../../health.module-options.js';
import { HealthExchange } from './health.exchange.js';
import { type HealthRoute, HealthRoutes } from '../health.routes.js';
import { readRequest, send } from './http-exchange.js';
import { RequestTurns } from './request-turns.js';
import { dropUnread } from './unread-answers.js';

/** What is being answered may end; who is slower than this is cut off, in milliseconds. */
const LONGEST_CLOSING_MS = 1_000;

interface Match {
  readonly route: HealthRoute;
  readonly params: Readonly<Record<string, string>>;
}

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
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** @throws VitalsError `declaration-invalid` if the port cannot be had */
  async onModuleInit(): Promise<void> {
    const { port, host } = this.options;
    if (port === undefined) return;
    const routes = this.routes.all().map((route) => ({ route, segments: route.path.split('/') }));
    const server = createServer((request, response) =>
      this.turns.take(request, response, () => this.answer(routes, request, response)),
    );
    dropUnread(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: Error) =>
        reject(
          new VitalsError(
            'declaration-invalid',
            `HealthModule.forRoot: port ${port} cannot be had (${cause.message}); free it, or choose another`,
            { cause },
          ),
        ),
      );
      server.listen(port, host, resolve);
    });
    this.server = server;
    this.logger.log(`health is served on port ${this.port}`);
  }

  async onApplicationShutdown(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    const cut = setTimeout(() => server.closeAllConnections(), LONGEST_CLOSING_MS);
    await closed;
    clearTimeout(cut);
  }

  /** The port that is listened on; `undefined` while there is none. */
  get port(): number | undefined {
    const address = this.server?.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }

  private answer(
    routes: readonly { readonly route: HealthRoute; readonly segments: readonly string[] }[],
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const found = find(routes, path);
    if (!found) {
      const known = routes.map(({ route }) => route.path).join(', ');
      return send(response, problemAnswer(404, 'Not Found', `this port serves health only: ${known}`));
    }
    const { route, params } = found;
    this.exchange.handle(
      route,
      request.method ?? 'GET',
      () => ({ ...readRequest(request, this.server), params }),
      (answer) => send(response, answer),
    );
  }
}

function find(
  routes: readonly { readonly route: HealthRoute; readonly segments: readonly string[] }[],
  path: string,
): Match | undefined {
  const asked = path.split('/');
  for (const { route, segments } of routes) {
    if (segments.length !== asked.length) continue;
    const params: Record<string, string> = {};
    const matches = segments.every((segment, at) => {
      const given = asked[at] as string;
      if (!segment.startsWith(':')) return segment === given;
      const decoded = decode(given);
      if (decoded) params[segment.slice(1)] = decoded;
      return Boolean(decoded);
    });
    if (matches) return { route, params };
  }
  return undefined;
}

/** `undefined` of what is not valid percent-encoding. */
function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
