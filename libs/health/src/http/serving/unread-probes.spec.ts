import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { ADAPTERS, checkClass, serve } from '../../../test/health-app.js';
import { HealthModule, HealthServer, HealthStatus } from '../../index.js';

/** What makes an answer so long that no kernel takes a few of them from a connection that is not read. */
const LONG = Array.from({ length: 1_000 }).reduce<HealthStatus>(
  (status, _, at) => status.withAttribute(`m${at}`, 'x'.repeat(2_000)),
  HealthStatus.up(),
);
const PIPELINED = 20;
/** What two ends of a connection may take in of such answers before anybody reads them. */
const MAX_TAKEN = 8;

let runs = 0;
const Long = checkClass({ name: 'long', kinds: ['readiness'] }, () => {
  runs++;
  return LONG;
});

let client: Socket;
let close: () => Promise<unknown> = () => Promise.resolve();

/** Asks many times at once on one connection, and reads nothing. */
async function askAll(port: number, path: string): Promise<void> {
  runs = 0;
  client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  // each asks in its own words: what is asked alike in one turn shares an answer
  for (let at = 0; at < PIPELINED; at++)
    client.write(`GET ${path}?at=${at} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
}

/** Reads until so many answers have begun. */
async function read(count: number): Promise<void> {
  for (let begun = 0; begun < count;) {
    const [data] = (await once(client, 'data')) as [Buffer];
    begun += data.toString('latin1').split('HTTP/1.1 200').length - 1;
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

afterEach(async () => {
  client.destroy();
  await close();
  close = () => Promise.resolve();
});

describe.each(ADAPTERS)('Probes that are asked for and not read on %s', (_name, adapter) => {
  it.each(['/health', '/health/check/long'])(
    'are answered at %s one at a time, and all of them once they are read',
    async (path) => {
      const { app } = await serve({ adapter, providers: [Long] });
      await askAll((app.getHttpServer().address() as AddressInfo).port, path);
      while (runs === 0) await turns(1);
      await turns(50);
      expect(runs).toBeLessThanOrEqual(MAX_TAKEN);
      await read(PIPELINED);
    },
  );
});

describe('Probes that are asked for and not read on a port of their own', () => {
  it('are answered one at a time', async () => {
    const Worker = {
      module: class Worker {},
      imports: [HealthModule.forRoot({ port: 0, host: '127.0.0.1' })],
      providers: [Long],
    };
    const app = await NestFactory.createApplicationContext(Worker, { logger: false, abortOnError: false });
    close = () => app.close();
    await askAll(app.get(HealthServer).port as number, '/health');
    while (runs === 0) await turns(1);
    await turns(50);
    expect(runs).toBeLessThanOrEqual(MAX_TAKEN);
  });
});
