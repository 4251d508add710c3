import type { IntervalSettings } from '@vitals/core/lease';

/** The levels that `LOG_LEVEL` knows, most talkative first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings of one process, validated. */
export abstract class Settings {
  abstract readonly host: string;
  abstract readonly port: number;
  /** Path of the SQLite database, or `:memory:`. */
  abstract readonly databasePath: string;
  abstract readonly appId: string;
  abstract readonly intervals: IntervalSettings;
  abstract readonly logLevel: LogLevel;
}
