import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { AppModule } from './app.module.js';

const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
  transport: Transport.TCP,
  options: { host: process.env.HOST ?? '127.0.0.1', port: Number(process.env.PORT ?? 3001) },
});
app.enableShutdownHooks();
await app.listen();
