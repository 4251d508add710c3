import type { IntervalSettings } from '@vitals/core/lease';

/** The levels that `LOG_LEVEL` knows, most talkative first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Who may do what; authentication is on when there is an admin token. */
export interface SecuritySettings {
  readonly adminToken: string | undefined;
  readonly registrationToken: string | undefined;
  /** Whether services may be looked up, and subscribed to, without a token while authentication is on. */
  readonly openLookups: boolean;
  /**
   * Names that requests may be for while authentication is off, besides those of loopback and `HOST`: in lower case,
   * addresses as `canonicalHost` has them; `*.` stands for whatever labels come before.
   */
  readonly allowedHosts: readonly string[];
  /** Requests per second of one identity, in the long run; 0 for no limit. */
  readonly ratePerSecond: number;
  /** Requests that one identity may make at once. */
  readonly rateBurst: number;
}

/** An address that the operator gave: a name, an IPv4 or an IPv6 address without brackets, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where active checks may connect to, and how this process knows that it has a network at all. */
export interface OutboundSettings {
  /** Exceptions to the built-in deny list, each an address with its prefix length. */
  readonly allowCidrs: readonly string[];
  /** One of these accepts a connection, or no failure is judged; empty: every failure is. */
  readonly connectivity: readonly Endpoint[];
}

/** The secrets of checks, and the keys that encrypt them. */
export interface SecretSettings {
  /** The first one encrypts stored credentials, all of them decrypt; without one they are stored as they are. */
  readonly keys: readonly string[];
  /** The values that checks may refer to with `env:NAME`, by the name of the variable. */
  readonly referable: ReadonlyMap<string, string>;
}

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
  /** After so long without further failures the consequences of a mass failure wait no longer, in milliseconds. */
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
