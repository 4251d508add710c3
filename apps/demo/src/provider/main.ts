import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ProviderModule } from './provider.module.js';

const [name = 'provider', controlPlane = 'http://127.0.0.1:3000', port = '0'] = process.argv.slice(2);
const app = await NestFactory.create(
  ProviderModule.forRoot(name, controlPlane, `http://127.0.0.1:${port}`),
  new FastifyAdapter(),
  { logger: process.env['DEMO_VERBOSE'] ? undefined : false },
);
app.enableShutdownHooks();
await app.listen(port, '127.0.0.1');
