import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { LoggerService, ModuleMetadata } from '@nestjs/common';
import { type AbstractHttpAdapter, NestApplication, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthModule, type HealthModuleOptions } from '../src/index.js';

/** The HTTP adapters that health is served on; for `describe.each`. */
export const ADAPTERS: readonly (readonly [string, () => AbstractHttpAdapter])[] = [
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter() as AbstractHttpAdapter],
];

/** What an app is made of, and how it is served. */
export interface HealthAppOptions extends ModuleMetadata {
  readonly adapter?: () => AbstractHttpAdapter;
  readonly health?: HealthModuleOptions;
  readonly host?: string;
  readonly logger?: LoggerService;
  /** Called before the app is initialised. */
  readonly configure?: (app: NestApplication) => void;
}

/** An answer that was read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The body as JSON. */
  readonly json: any;
}

const open: NestApplication[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

/** Boots an app that is closed after the test; rejects with what the boot failed with. */
export async function boot({ adapter, health, logger, configure, imports, ...metadata }: HealthAppOptions) {
  const module = { module: class App {}, ...metadata, imports: [HealthModule.forRoot(health ?? {}), ...(imports ?? [])] };
  const app = await NestFactory.create<NestApplication>(module, (adapter ?? ADAPTERS[0]![1])(), {
    logger: logger ?? false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  open.push(app);
  configure?.(app);
  return app.init() as unknown as Promise<NestApplication>;
}

/** Boots an app, lets it listen on a port of its own, and returns how to ask it. */
export async function serve(options: HealthAppOptions) {
  const app = await boot(options);
  await app.listen(0, options.host ?? '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const ask = async (path: string, init?: RequestInit): Promise<HttpAnswer> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const body = await response.text();
    return { status: response.status, headers: response.headers, body, get json() { return JSON.parse(body); } };
  };
  return { app, ask };
}
