import { isIP } from 'node:net';
import { isLoopback } from '@vitals/core/check';
import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { unknownSettings } from '@vitals/core/settings';
import { parseDuration } from '@vitals/core/time';
import { parseAllowCidrs, parseConnectivity } from './outbound-settings.js';
import { quoted } from './quoted.js';
import { parseSecretKeys, referableIn } from './secret-settings.js';
import { parseAllowedHosts, parseFlag, parseToken, tokenFaults } from './security-settings.js';
import { LOG_LEVELS, type LogLevel, type Settings } from './settings.js';

const MS_PER_DAY = 86_400_000;
/** A process that drains for longer is not ended, but forgotten, in milliseconds. */
const MAX_DRAIN_MS = 600_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that are specified, but that this version cannot honour: refused, for ignoring one would be a lie. */
const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  KAFKA_BROKERS: 'cluster mode is not supported by this version; unset it to run one process',
};

/** The settings of an environment, whether they are right or not. */
export interface InspectedSettings {
  /** What is wrong is `undefined` in it. */
  readonly settings: Settings;
  /** One for every setting that is wrong; `pointer` is its name. */
  readonly faults: readonly FieldFault[];
  /** What each setting is read from: the text of the environment, or its default; by its name. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads all settings from the environment. An empty value counts as unset.
 * @param isTerminal whether a person watches the output: who presses Ctrl-C does not wait for load balancers
 * @throws VitalsError `settings-invalid` with one fault for every setting that is wrong; `pointer` is its name
 */
export function readSettings(environment: Environment, isTerminal = false): Settings {
  const { settings, faults } = inspectSettings(environment, isTerminal);
  if (faults.length > 0) throw new VitalsError('settings-invalid', describe(faults), { faults });
  return settings;
}

/** Reads all settings as `readSettings` does, and throws nothing. */
export function inspectSettings(environment: Environment, isTerminal = false): InspectedSettings {
  const faults: FieldFault[] = [];
  const values = new Map<string, string>();
  const read = <T>(name: string, fallback: string, parse: (text: string) => T): T => {
    const text = environment[name] || fallback;
    values.set(name, text);
    try {
      return parse(text);
    } catch (error) {
      faults.push({ pointer: name, detail: (error as Error).message });
      return undefined as T;
    }
  };
  const settings: Settings = {
    host: read('HOST', '127.0.0.1', parseHost),
    port: read('PORT', '3000', (text) => parseWhole(text, 0, 65_535)),
    databasePath: read('DATABASE_URL', 'sqlite:./data/vitals.db', parseDatabase),
    backupFolder: read('VITALS_BACKUP_DIR', '', (text) => text || undefined),
    appId: read('VITALS_APP_ID', 'vitals', (text) => text),
    intervals: {
      baseMs: read('VITALS_HEARTBEAT_INTERVAL', '10s', parseInterval),
      missedBeats: read('VITALS_MISSED_BEATS', '3', (text) => parseWhole(text, 1, 100)),
      graceMs: read('VITALS_HEARTBEAT_GRACE', '3s', parseDuration),
      maxHeartbeatsPerSecond: read('VITALS_MAX_HEARTBEATS_PER_SECOND', '20000', (text) =>
        parseWhole(text, 1, 10_000_000),
      ),
    },
    massFailureHoldMs: read('VITALS_MASS_FAILURE_HOLD', '6h', parseHold),
    transitionRetentionMs: read(
      'VITALS_TRANSITION_RETENTION_DAYS',
      '90',
      (text) => parseWhole(text, 1, 36_500) * MS_PER_DAY,
    ),
    maxProviders: read('VITALS_MAX_PROVIDERS', '1000000', (text) => parseWhole(text, 1, 100_000_000)),
    security: {
      adminToken: read('VITALS_ADMIN_TOKEN', '', parseToken),
      registrationToken: read('VITALS_REGISTRATION_TOKEN', '', parseToken),
      openLookups: read('VITALS_OPEN_LOOKUPS', '', parseFlag),
      allowedHosts: read('VITALS_ALLOWED_HOSTS', '', parseAllowedHosts),
      ratePerSecond: read('VITALS_RATE_LIMIT', '50', (text) => parseWhole(text, 0, 10_000_000)),
      rateBurst: read('VITALS_RATE_BURST', '100', (text) => parseWhole(text, 1, 10_000_000)),
    },
    outbound: {
      allowCidrs: read('VITALS_CHECK_ALLOW_CIDRS', '', (text) =>
        parseAllowCidrs(text, environment['VITALS_ADMIN_TOKEN'] !== undefined),
      ),
      connectivity: read('VITALS_CHECK_CONNECTIVITY', '', parseConnectivity),
    },
    secrets: {
      keys: read('VITALS_SECRET_KEY', '', parseSecretKeys),
      referable: referableIn(environment),
    },
    polls: {
      intervalMs: read('VITALS_PROVIDER_POLL_INTERVAL', '30s', parsePollInterval),
      timeoutMs: read('VITALS_PROVIDER_POLL_TIMEOUT', '5s', parseDuration),
    },
    declarationsPath: read('VITALS_DECLARATIONS', '', (text) => text || undefined),
    drainMs: read('VITALS_DRAIN', isTerminal ? '0' : '5s', parseDrain),
    logLevel: read('LOG_LEVEL', 'info', parseLogLevel),
  };
  for (const [name, detail] of Object.entries(NOT_SUPPORTED)) {
    if (environment[name]) faults.push({ pointer: name, detail });
  }
  faults.push(
    ...exposureFaults(settings, environment, read('VITALS_INSECURE', '', parseFlag)),
    ...tokenFaults(settings.security, environment),
    ...pollFaults(settings.polls),
    ...unknownSettings(environment),
  );
  return { settings, faults, values };
}

function exposureFaults({ host }: Settings, environment: Environment, isMeant: boolean): FieldFault[] {
  const guarded = environment['VITALS_ADMIN_TOKEN'] !== undefined || isMeant;
  if (host === undefined || isLoopback(host) || guarded) return [];
  const detail = `${host} can be reached by others, and nothing would require a token from them; set VITALS_ADMIN_TOKEN, or VITALS_INSECURE=1 if that is meant`;
  return [{ pointer: 'HOST', detail }];
}

function pollFaults({ intervalMs, timeoutMs }: Settings['polls']): FieldFault[] {
  if (intervalMs === undefined || timeoutMs === undefined) return [];
  if (timeoutMs >= 1 && timeoutMs <= intervalMs - 1_000) return [];
  const detail = 'must be at least 1ms, and shorter than VITALS_PROVIDER_POLL_INTERVAL by a second or more';
  return [{ pointer: 'VITALS_PROVIDER_POLL_TIMEOUT', detail }];
}

function describe(faults: readonly FieldFault[]): string {
  const lines = faults.map(({ pointer, detail }) => `  ${pointer}: ${detail}`);
  return `${faults.length === 1 ? 'One setting is' : `${faults.length} settings are`} wrong:\n${lines.join('\n')}`;
}

function parseHost(text: string): string {
  if (isIP(text) || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)) return text;
  throw new Error(`${quoted(text)} is not an IP address or a host name`);
}

function parseWhole(text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${quoted(text)} is not a whole number from ${least} to ${most}`);
}

function parseInterval(text: string): number {
  const ms = parseDuration(text);
  if (ms >= 1_000 && ms <= 3_600_000 && ms % 1_000 === 0) return ms;
  throw new Error(
    `${quoted(text)} must be whole seconds, from 1s to 1h: it is advertised to providers in seconds`,
  );
}

function parsePollInterval(text: string): number {
  const ms = parseDuration(text);
  if (ms >= 2_000 && ms <= 86_400_000) return ms;
  throw new Error(`${quoted(text)} must be from 2s to 24h`);
}

function parseDrain(text: string): number {
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms <= MAX_DRAIN_MS) return ms;
  throw new Error(`${quoted(text)} must be from 0 to 10m`);
}

function parseHold(text: string): number {
  const ms = parseDuration(text);
  if (ms >= 1_000) return ms;
  throw new Error(`${quoted(text)} must be at least 1s, or a mass failure would hold nothing`);
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level) return level;
  throw new Error(`${quoted(text)} is not a level; there are ${LOG_LEVELS.join(', ')}`);
}

function parseDatabase(text: string): string {
  if (/^postgres(ql)?:/.test(text)) {
    throw new Error(
      'PostgreSQL is not supported by this version; use sqlite:<path>, such as sqlite:./data/vitals.db',
    );
  }
  const path = /^sqlite:(?!\/\/[^/]*@)([^?]+)$/.exec(text)?.[1];
  if (path) return path;
  // what it is meant to be is not known, nor what of it is a secret
  throw new Error('is not a valid database; use sqlite:<path> or sqlite::memory:, without parameters');
}
