import type { IntervalSettings } from '@vitals/core/lease';
import type { SecretSettings } from './secret-settings.js';
import type { OutboundSettings } from './outbound-settings.js';
import type { SecuritySettings } from './security-settings.js';

/** The levels that `LOG_LEVEL` knows, most talkative first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How providers that want it are asked for their health, in milliseconds. */
export interface PollSettings {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** The settings of one process, validated. */
export abstract class Settings {
  abstract readonly host: string;
  abstract readonly port: number;
  /** Path of the SQLite database, or `:memory:`. */
  abstract readonly databasePath: string;
  /** Where backups are written; `undefined` for the folder `backups` beside the database. */
  abstract readonly backupFolder: string | undefined;
  abstract readonly appId: string;
  abstract readonly intervals: IntervalSettings;
  /** The most providers that may be registered. */
  abstract readonly maxProviders: number;
  /** After so long without further goings the consequences of a mass failure wait no longer, in milliseconds. */
  abstract readonly massFailureHoldMs: number;
  /** How long transitions are kept, in milliseconds. */
  abstract readonly transitionRetentionMs: number;
  abstract readonly security: SecuritySettings;
  abstract readonly outbound: OutboundSettings;
  abstract readonly secrets: SecretSettings;
  abstract readonly polls: PollSettings;
  /** The file that declares checks and providers; `undefined` for none. */
  abstract readonly declarationsPath: string | undefined;
  /** How long everything is served on after readiness has turned `DOWN` at shutdown, in milliseconds. */
  abstract readonly drainMs: number;
  abstract readonly logLevel: LogLevel;
}
