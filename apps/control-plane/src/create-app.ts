import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@vitals/core/time';
import { AppModule } from './app.module.js';
import { createAdapter } from './http/fastify.js';
import { prepareDatabasePath } from './persistence/data-source.js';
import { LOG_LEVELS, type LogLevel, type Settings } from './settings/settings.js';

const NEST_LEVEL: Readonly<Record<LogLevel, NestLogLevel>> = {
  debug: 'debug',
  info: 'log',
  warn: 'warn',
  error: 'error',
};

/**
 * The control plane, ready to listen.
 * @throws VitalsError `settings-invalid` if its database cannot be opened
 */
export async function createApp(settings: Settings, clock?: Clock): Promise<NestFastifyApplication> {
  prepareDatabasePath(settings.databasePath);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings, clock),
    createAdapter(),
    {
      bodyParser: false,
      abortOnError: false,
      logger: createLogger(settings.logLevel),
    },
  );
  app.enableShutdownHooks();
  return app;
}

/** Structured for a machine that collects it, readable for a person at a terminal. */
function createLogger(level: LogLevel): ConsoleLogger {
  const logLevels = LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)).map((kept) => NEST_LEVEL[kept]);
  return new ConsoleLogger({
    prefix: 'Vitals',
    json: !process.stdout.isTTY,
    logLevels: [...logLevels, 'fatal'],
  });
}
