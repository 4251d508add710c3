import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@vitals/core/time';
import { serveApiDocs } from './api-docs/api-docs.js';
import { AppModule } from './app.module.js';
import { assertBackupFolder } from './backups/backup.folder.js';
import { createAdapter } from './http/fastify.js';
import { prepareDatabasePath } from './database/sqlite/database.path.js';
import { ProcessLogger } from './process.logger.js';
import type { Settings } from './settings/settings.js';

/**
 * The control plane, ready to listen. `close()` ends it in the order of `SHUTDOWN_STAGES`; what ends the process is
 * for whoever owns that.
 * @throws VitalsError `settings-invalid` if its database cannot be opened, or the folder of backups that is set is missing
 */
export async function createApp(settings: Settings, clock?: Clock): Promise<NestFastifyApplication> {
  assertBackupFolder(settings);
  await prepareDatabasePath(settings.databasePath);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings, clock),
    createAdapter(),
    {
      bodyParser: false,
      abortOnError: false,
      logger: new ProcessLogger(settings.logLevel),
    },
  );
  serveApiDocs(app);
  return app;
}
