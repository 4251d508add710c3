import 'reflect-metadata';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type requestCallback,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { INestApplicationContext, LoggerService, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Clock, ManualClock } from '@vitals/core/time';
import { protoPath } from 'grpc-health-check';
import {
  GrpcHealth,
  GrpcHealthModule,
  type GrpcHealthModuleOptions,
  GrpcHealthServer,
} from '../src/grpc/index.js';
import { HealthModule, type HealthModuleOptions } from '../src/index.js';
import { checkClass } from './health-app.js';
import { afterEachTest } from '../../../test/environment/after-each-test.js';

/** What an app that serves health over gRPC is made of. */
export interface GrpcAppOptions extends ModuleMetadata {
  readonly health?: HealthModuleOptions;
  readonly grpc?: Partial<GrpcHealthModuleOptions>;
  /** Default a `ManualClock`. */
  readonly clock?: Clock;
}

/** The client side of a watch. */
export interface Watching {
  /** The next status; fails if the stream ends before one came. */
  next(): Promise<string>;
  /** The code and details that the stream ended with. */
  readonly ended: Promise<Pick<ServiceError, 'code' | 'details'>>;
  cancel(): void;
}

type Message = Record<string, unknown>;

interface HealthStub {
  Check(request: Message, callback: requestCallback<{ status: string }>): void;
  List(request: Message, callback: requestCallback<{ statuses: Record<string, { status: string }> }>): void;
  Watch(request: Message): ClientReadableStream<{ status: string }>;
  close(): void;
}

const definition = loadSync(protoPath, { enums: String, defaults: true });
const loaded = loadPackageDefinition(definition) as unknown as {
  grpc: { health: { v1: { Health: ServiceClientConstructor } } };
};
const open: (() => unknown)[] = [];

afterEachTest(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Closes something after the test, before whatever was opened earlier. */
export function closeAfterTest(close: () => unknown): void {
  open.push(close);
}

/** Boots an app with health on a gRPC server of its own, and returns how to ask it. */
export async function serveGrpc({
  health = {},
  grpc = {},
  clock,
  imports = [],
  ...own
}: GrpcAppOptions = {}) {
  const manual = new ManualClock();
  const app = await Test.createTestingModule({
    ...own,
    imports: [HealthModule.forRoot(health), GrpcHealthModule.forRoot({ port: 0, ...grpc }), ...imports],
  })
    .overrideProvider(Clock)
    .useValue(clock ?? manual)
    .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
    .compile();
  const close = app.close.bind(app);
  let closed: Promise<void> | undefined;
  app.close = () => (closed ??= close());
  closeAfterTest(() => app.close());
  await app.init();
  return {
    app,
    clock: manual,
    port: portOf(app),
    grpcHealth: app.get(GrpcHealth),
    ...grpcClient(portOf(app)),
  };
}

/** Boots an app without HTTP, on the real clock, that is closed after the test. */
export async function grpcWorker(
  { imports = [], ...own }: ModuleMetadata,
  logger: LoggerService | false = false,
): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(
    { module: class Worker {}, ...own, imports: [HealthModule, ...imports] },
    { logger, abortOnError: false },
  );
  closeAfterTest(() => app.close());
  return app;
}

/** A check that ends when a test says so, and counts its runs. */
export function pending(kinds: ('liveness' | 'readiness')[]) {
  const state = { finish: (_up: boolean): void => undefined, runs: 0 };
  const provider = checkClass({ name: 'pending', kinds, timeout: '1m' }, () => {
    state.runs++;
    return new Promise<boolean>((resolve) => (state.finish = resolve));
  });
  return { state, provider };
}

/** A check whose state a test sets, and which counts its runs. */
export function switchable(name = 'db', kinds: ('liveness' | 'readiness')[] = []) {
  const state = { up: true, runs: 0 };
  const provider = checkClass(
    { name, kinds },
    () => {
      state.runs++;
      return state.up;
    },
    `Switchable${name}`,
  );
  return { state, provider };
}

/** The port of an app's own gRPC server. */
export function portOf(app: INestApplicationContext): number {
  return app.get(GrpcHealthServer).port as number;
}

/** A client of the official proto on a connection of its own, which is closed after the test. */
export function grpcClient(port: number, host = '127.0.0.1') {
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const { Health } = loaded.grpc.health.v1;
  const stub = new Health(`${host}:${port}`, credentials.createInsecure(), options) as unknown as HealthStub;
  closeAfterTest(() => stub.close());
  const check = (service: string): Promise<string> =>
    new Promise((resolve, reject) =>
      stub.Check({ service }, (error, answer) => (error ? reject(error) : resolve(answer?.status ?? ''))),
    );
  const list = (): Promise<Record<string, string>> =>
    new Promise((resolve, reject) =>
      stub.List({}, (error, answer) => {
        const statuses = Object.entries(answer?.statuses ?? {}).map(([name, { status }]) => [name, status]);
        if (error) reject(error);
        else resolve(Object.fromEntries(statuses) as Record<string, string>);
      }),
    );
  return {
    check,
    list,
    watch: (service: string) => watching(stub.Watch({ service })),
    close: () => stub.close(),
  };
}

/** Waits for real input and output, which no manual clock moves, until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn();
}

function watching(stream: ClientReadableStream<{ status: string }>): Watching {
  const arrived: string[] = [];
  const ended = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
  stream.on('data', ({ status }: { status: string }) => void arrived.push(status));
  let over = false;
  void ended.then(() => (over = true));
  const next = async (): Promise<string> => {
    await until(() => arrived.length > 0 || over);
    const status = arrived.shift();
    if (status === undefined) throw new Error('the stream ended');
    return status;
  };
  return { next, ended, cancel: () => stream.cancel() };
}
