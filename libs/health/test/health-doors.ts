import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthServer } from '../src/index.js';
import { boot, type HealthAppOptions, serve } from './health-app.js';
import { type RawResponse, rawRequest } from './raw-request.js';

/** Asks for a path as it stands. */
export type Ask = (path: string, options?: Parameters<typeof rawRequest>[2]) => Promise<RawResponse>;

/** A way by which requests for health come into a process. */
export interface Door {
  readonly door: string;
  /** Serves an app there, for as long as `use` takes. */
  readonly open: (options: HealthAppOptions, use: (ask: Ask) => Promise<void>) => Promise<void>;
}

const OWN_PORT = { port: 0, host: '127.0.0.1' };

interface FastifyInstance {
  ready(): Promise<{ readonly routing: RequestListener }>;
}

function askAt(port: number): Ask {
  return (path, options) => rawRequest(port, path, options);
}

function portOf(app: NestApplication): number {
  return (app.getHttpServer().address() as AddressInfo).port;
}

/** Every way by which requests for health come in. */
export const DOORS: readonly Door[] = [
  {
    door: 'the port of an app on Fastify',
    open: async (options, use) =>
      use(askAt(portOf((await serve({ ...options, adapter: () => new FastifyAdapter() })).app))),
  },
  {
    door: 'the port of an app on Express',
    open: async (options, use) =>
      use(askAt(portOf((await serve({ ...options, adapter: () => new ExpressAdapter() as never })).app))),
  },
  {
    door: 'a port of its own',
    open: async (options, use) => {
      const app = await boot({ ...options, health: { ...options.health, ...OWN_PORT } });
      await use(askAt(app.get(HealthServer).port as number));
    },
  },
  {
    door: 'a port of its own before bootstrap is complete',
    open: async (options, use) => {
      @Injectable()
      class Starting implements OnApplicationBootstrap {
        constructor(@Inject(HealthServer) private readonly server: HealthServer) {}

        onApplicationBootstrap(): Promise<void> {
          return use(askAt(this.server.port as number));
        }
      }
      const providers = [...(options.providers ?? []), Starting];
      await boot({ ...options, providers, health: { ...options.health, ...OWN_PORT } });
    },
  },
  {
    door: 'the function of Fastify, as serverless platforms call it',
    open: async (options, use) => {
      const app = await boot({ ...options, adapter: () => new FastifyAdapter() });
      const { routing } = await app.getHttpAdapter().getInstance<FastifyInstance>().ready();
      await throughServer(routing, use);
    },
  },
  {
    door: 'the function of Express, as serverless platforms call it',
    open: async (options, use) => {
      const app = await boot({ ...options, adapter: () => new ExpressAdapter() as never });
      await throughServer(app.getHttpAdapter().getInstance<RequestListener>(), use);
    },
  },
];

/** Calls the function of a framework from a server that it does not know. */
async function throughServer(listener: RequestListener, use: (ask: Ask) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await use(askAt((server.address() as AddressInfo).port));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
