/** The checks that an app has after `addHealth`. */
export const CHECKS = ['disk', 'memory', 'newsletter', 'stock'];

/** What a team does to a generated app: a provider with checks, an import of the module, two ready-made checks. */
export function addHealth(app) {
  app.write('src/stock.health.ts', STOCK_HEALTH);
  app.write('src/health.spec.ts', SPEC);
  app.change(
    'src/app.module.ts',
    [
      `import { HealthModule } from '@vitals/health';`,
      `import { diskCheck } from '@vitals/health/checks/disk';`,
      `import { memoryCheck } from '@vitals/health/checks/memory';`,
      `import { StockHealth } from './stock.health';`,
    ],
    ['imports: []', `imports: [HealthModule.forRoot({ appId: 'shop' })]`],
    ['[AppService]', `[AppService, StockHealth, diskCheck({ minFree: '1MB' }), memoryCheck()]`],
  );
  app.change(
    'src/main.ts',
    [`import './entries';`],
    ['await app.listen', 'app.enableShutdownHooks();\n  await app.listen'],
    ['?? 3000', `?? 3000, '127.0.0.1'`],
  );
}

/** Imports every entry point of both packages, for the compiler and for Node's and Jest's resolution. */
export function addEntries(app, { optionalPeers }) {
  const entries = optionalPeers ? [...ENTRIES, ...ENTRIES_WITH_PEERS] : ENTRIES;
  const lines = entries.map((entry, at) => `import * as entry${at} from '${entry}';`);
  const members = entries.map((_, at) => `entry${at}`).join(', ');
  app.write('src/entries.ts', `${lines.join('\n')}\n\nexport const entries: object[] = [${members}];\n`);
}

const STOCK_HEALTH = `import { Injectable } from '@nestjs/common';
import { type CheckContext, Health, HealthComponent, HealthStatus } from '@vitals/health';

@Injectable()
@HealthComponent({ name: 'stock', type: 'datastore' })
export class StockHealth {
  private readonly pieces = 12;

  @Health({ name: 'stock', kinds: ['readiness'], timeout: '500ms' })
  async stock({ signal }: CheckContext): Promise<HealthStatus> {
    signal.throwIfAborted();
    const status = HealthStatus.named('stock').withAttribute('pieces', this.pieces);
    return this.pieces > 0 ? status.up() : status.down('sold out');
  }

  @Health({ name: 'newsletter', critical: false })
  newsletter(): boolean {
    return false;
  }
}
`;

const SPEC = `import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { HealthService } from '@vitals/health';
import { AppModule } from './app.module';
import './entries';

describe('health of the app', () => {
  let app: INestApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = await module.createNestApplication().init();
  });

  afterAll(() => app.close());

  it('finds the checks', async () => {
    const { state, checks } = await app.get(HealthService).report();
    expect(state).toBe('DEGRADED');
    expect(checks.map(({ name }) => name).sort()).toEqual(['disk', 'memory', 'newsletter', 'stock']);
  });
});
`;

const ENTRIES = [
  '@vitals/core/commit',
  '@vitals/core/content',
  '@vitals/core/errors',
  '@vitals/core/health',
  '@vitals/core/http1',
  '@vitals/core/json',
  '@vitals/core/lease',
  '@vitals/core/order',
  '@vitals/core/placement',
  '@vitals/core/time',
  '@vitals/health',
  '@vitals/health/checks/disk',
  '@vitals/health/checks/dns',
  '@vitals/health/checks/event-loop',
  '@vitals/health/checks/http',
  '@vitals/health/checks/kafka',
  '@vitals/health/checks/memory',
  '@vitals/health/checks/redis',
  '@vitals/health/checks/tcp',
  '@vitals/health/checks/tls',
  '@vitals/health/conformance',
  '@vitals/health/testing',
];

/** Those that need an optional peer. */
const ENTRIES_WITH_PEERS = [
  '@vitals/health/checks/grpc',
  '@vitals/health/checks/typeorm',
  '@vitals/health/grpc',
];
