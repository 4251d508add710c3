import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Injectable, type Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  Health,
  HealthComponent,
  HealthGroup,
  HealthModule,
  type HealthModuleOptions,
  HealthStatus,
  Liveness,
  Readiness,
} from '@vitals/health';
import { Clock, ManualClock } from '@vitals/core/time';
import { GrpcHealthModule, GrpcHealthServer } from '@vitals/health/grpc';

/** What a check of the page takes, in milliseconds of a clock that only checks move. */
const TAKES_MS = 2;

/** Whether the database of the page answers; one app of the page runs at a time. */
export const database = { up: true };

/** The checks of an app as there are many: one of each state, and two of one name. */
@Injectable()
@HealthComponent({ name: 'orders', type: 'state.postgresql' })
export class OrdersHealth {
  constructor(private readonly clock: Clock) {}

  @Readiness('database')
  @HealthGroup('storage')
  database(): HealthStatus {
    this.take();
    const status = HealthStatus.up().withAttribute('connections', 4);
    return database.up ? status : status.down('connect ECONNREFUSED postgres://app:secret@10.0.0.7/orders');
  }

  @Readiness({ name: 'cache', critical: false })
  cache(): HealthStatus {
    this.take();
    return HealthStatus.down('no answer to PING');
  }

  @Liveness('event-loop')
  loop(): HealthStatus {
    this.take();
    return HealthStatus.degraded('late by 320 ms').withAttribute('p99Ms', 320);
  }

  private take(): void {
    (this.clock as ManualClock).jump(TAKES_MS);
  }
}

/** A disk, under a name that another check has too. */
@Injectable()
export class DataDisk {
  @Health('disk')
  @HealthGroup('storage')
  check(): HealthStatus {
    return HealthStatus.up().withAttribute('path', '/data').withAttribute('freeBytes', 52_000_000_000);
  }
}

/** The other disk. */
@Injectable()
export class LogDisk {
  @Health('disk')
  @HealthGroup('storage')
  check(): HealthStatus {
    return HealthStatus.up().withAttribute('path', '/var/log').withAttribute('freeBytes', 8_000_000_000);
  }
}

/** What there is to check on the page, unless a part of it is about something else. */
export const CHECKS: readonly Type[] = [OrdersHealth, DataDisk, LogDisk];

/** A component whose ping ends as it is told: up, with the reason of a failure, or, without `ping`, with none at all. */
export function component(name: string, type: string, ping?: 'up' | Error, critical = true): Type {
  class Component {
    check(): void {
      if (ping instanceof Error) throw ping;
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Component.prototype, 'check') as PropertyDescriptor;
  if (ping) Health({ name, critical })(Component.prototype, 'check', descriptor);
  HealthComponent({ name, type })(Component);
  return Component;
}

/** A running app of the page; its clock stands still but for what checks take. */
export interface PageApp {
  readonly app: NestFastifyApplication;
  readonly httpPort: number;
  readonly grpcPort: number;
  close(): Promise<void>;
}

class OrdersModule {}

/** Boots an app that serves health over HTTP and gRPC on free ports of 127.0.0.1. */
export async function pageApp(
  providers: readonly Type[] = CHECKS,
  options: HealthModuleOptions = {},
): Promise<PageApp> {
  database.up = true;
  const health = { appId: 'orders', releaseId: '1.4.2', ...options };
  const testing = await Test.createTestingModule({
    imports: [
      HealthModule.forRoot(health),
      GrpcHealthModule.forRoot({ port: 0 }),
      { module: OrdersModule, providers: [...providers] },
    ],
  })
    .overrideProvider(Clock)
    .useValue(new ManualClock())
    .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(
    new FastifyAdapter({ forceCloseConnections: true }),
  );
  await app.listen(0, '127.0.0.1');
  const { port: httpPort } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    httpPort,
    grpcPort: app.get(GrpcHealthServer).port as number,
    close: () => app.close(),
  };
}
