import { Module } from '@nestjs/common';
import { HealthModule } from '@vitals/health';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MailQueue } from './mail.queue.js';
import { MailWorker } from './mail.worker.js';

const folder = process.env.HEALTH_FOLDER ?? tmpdir();
const port = process.env.HEALTH_PORT;

@Module({
  imports: [
    HealthModule.forRoot({
      appId: 'mail',
      files: { liveness: join(folder, 'live'), readiness: join(folder, 'ready'), every: '2s' },
      ...(port && { port: Number(port), host: process.env.HOST ?? '127.0.0.1' }),
    }),
  ],
  providers: [MailQueue, MailWorker],
})
export class AppModule {}
