import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import { LOG_LEVELS, type LogLevel } from './settings/setting-values.js';

const NEST_LEVEL: Readonly<Record<LogLevel, NestLogLevel>> = {
  debug: 'debug',
  info: 'log',
  warn: 'warn',
  error: 'error',
};

/** Contexts in which Nest logs its own start. */
const START_UP_CONTEXTS = [
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
];

/** Contexts in which a failed start is logged at length; its message says it in a line. */
const BOOT_FAILURE_CONTEXTS = ['ExceptionHandler', 'TypeOrmModule', 'NestApplication'];

/** Structured for a machine that collects it, readable for a person at a terminal. */
export class ProcessLogger extends ConsoleLogger {
  constructor(private readonly level: LogLevel) {
    const logLevels = LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)).map((kept) => NEST_LEVEL[kept]);
    super({ prefix: 'Vitals', json: !process.stdout.isTTY, logLevels: [...logLevels, 'fatal'] });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (this.level === 'debug' || !START_UP_CONTEXTS.includes(String(rest.at(-1))))
      super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (this.level === 'debug' || !BOOT_FAILURE_CONTEXTS.includes(String(rest.at(-1))))
      super.error(message, ...rest);
  }
}
