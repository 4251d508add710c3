import 'reflect-metadata';
import { createInterface } from 'node:readline';
import type { INestApplication } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HealthModule } from '@vitals/health';
import { readDeployment } from './deployment.js';

// What the container adapter talks to: `main.js <adapter>`, then commands on standard input, one a line, each
// answered by one line. `deploy`, with Java classes and `key=value` after it, separated by tabs, answers the URL of
// a Nest app, or why there is none; `undeploy` closes the app. The end of standard input ends the process.
const ADAPTERS: Readonly<Record<string, () => AbstractHttpAdapter>> = {
  fastify: () => new FastifyAdapter(),
  express: () => new ExpressAdapter() as AbstractHttpAdapter,
};

const adapter = ADAPTERS[process.argv[2] ?? ''];
if (!adapter) throw new Error(`the adapter must be one of ${Object.keys(ADAPTERS).join(', ')}`);

let app: INestApplication | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...content] = line.split('\t');
  const answer = command === 'deploy' ? await deploy(adapter(), content) : await undeploy();
  process.stdout.write(`${answer}\n`);
}
await undeploy();

async function deploy(http: AbstractHttpAdapter, content: readonly string[]): Promise<string> {
  try {
    const { providers, health } = readDeployment(content);
    const root = {
      module: class Deployed {},
      imports: [HealthModule.forRoot(health)],
      providers: [...providers],
    };
    app = await NestFactory.create(root, http, {
      logger: false,
      abortOnError: false,
      forceCloseConnections: true,
    });
    await app.listen(0, '127.0.0.1');
    return await app.getUrl();
  } catch (error) {
    await undeploy();
    return `refused: ${String(error)}`.replaceAll('\n', ' ');
  }
}

async function undeploy(): Promise<string> {
  await app?.close();
  app = undefined;
  return 'undeployed';
}
