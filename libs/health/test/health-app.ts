import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type {
  DynamicModule,
  LoggerService,
  ModuleMetadata,
  NestApplicationOptions,
  Type,
} from '@nestjs/common';
import { type AbstractHttpAdapter, type NestApplication, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { Clock } from '@vitals/core/time';
import {
  type CheckContext,
  Health,
  HealthModule,
  type HealthModuleOptions,
  type HealthOptions,
  HealthRegistry,
} from '../src/index.js';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** The HTTP adapters that health is served on; for `describe.each`. */
export const ADAPTERS: readonly (readonly [string, () => AbstractHttpAdapter])[] = [
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter() as AbstractHttpAdapter],
];

/** What an app is made of, and how it is served. */
export interface HealthAppOptions extends ModuleMetadata {
  /** Default Fastify. */
  readonly adapter?: () => AbstractHttpAdapter;
  readonly health?: HealthModuleOptions;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly logger?: LoggerService;
  /** Default that of the machine. */
  readonly clock?: Clock;
  /** Called before the app is initialised. */
  readonly configure?: (app: NestApplication) => void;
}

/** Members of the bodies that health answers with; which of them are there depends on the endpoint. */
interface HealthBody {
  readonly status: string;
  readonly checks: readonly {
    readonly name: string;
    readonly data?: Readonly<Record<string, unknown>>;
  }[];
  readonly components: readonly { readonly lastError?: string }[];
  readonly componentsHealth: readonly { readonly message?: string }[];
  readonly message: string;
}

/** An answer that was read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The body as JSON; throws if it is none. */
  readonly json: HealthBody;
}

const open = new Set<NestApplication>();

afterEachTest(async () => {
  const apps = [...open];
  open.clear();
  await Promise.all(apps.map((app) => app.close()));
});

/** Boots an app that is closed after the test; rejects with what the boot failed with. */
export async function boot(options: HealthAppOptions = {}): Promise<NestApplication> {
  const {
    adapter = () => new FastifyAdapter(),
    health = {},
    logger = false,
    clock,
    configure,
    imports = [],
    ...own
  } = options;
  const App = { module: class App {}, ...own, imports: [HealthModule.forRoot(health), ...imports] };
  const settings: NestApplicationOptions = { logger, abortOnError: false, forceCloseConnections: true };
  const app = clock
    ? (await onClock(clock, App)).createNestApplication<NestApplication>(adapter(), settings)
    : await NestFactory.create<NestApplication>(App, adapter(), settings);
  open.add(app);
  configure?.(app);
  await app.init();
  return app;
}

/** The modules of an app in which time is that of a clock. */
export function onClock(clock: Clock, App: DynamicModule): Promise<TestingModule> {
  const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
  const building = Test.createTestingModule({ imports: [App] }).setLogger(silent);
  return building.overrideProvider(Clock).useValue(clock).compile();
}

/** Boots an app that listens on a port of its own, and returns how to ask it. */
export async function serve(options: HealthAppOptions = {}) {
  const app = await boot(options);
  await app.listen(0, options.host ?? '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const ask = async (path: string, init?: RequestInit): Promise<HttpAnswer> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const body = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body,
      get json() {
        return JSON.parse(body) as HealthBody;
      },
    };
  };
  return { app, ask };
}

/** Boots an app, and says which checks it has, by identity. */
export async function idsOf(options: HealthAppOptions): Promise<string[]> {
  const app = await boot(options);
  return app
    .get(HealthRegistry)
    .select()
    .map(({ id }) => id);
}

/** A provider class with one check. */
export function checkClass(
  options: HealthOptions,
  check: (context: CheckContext) => unknown,
  name = 'Checked',
): Type {
  const provider = { [name]: class {} }[name] as Type<Record<string, unknown>>;
  const descriptor = { value: check, writable: true, configurable: true, enumerable: false };
  Object.defineProperty(provider.prototype, 'check', descriptor);
  Health(options)(provider.prototype, 'check', descriptor);
  return provider;
}

/** A logger that keeps what it is told. */
export function recordingLogger() {
  const lines = { log: [] as string[], warn: [] as string[], error: [] as string[] };
  const keep = (level: keyof typeof lines) => (message: unknown) => void lines[level].push(String(message));
  return {
    lines,
    logger: { log: keep('log'), warn: keep('warn'), error: keep('error') } satisfies LoggerService,
  };
}
