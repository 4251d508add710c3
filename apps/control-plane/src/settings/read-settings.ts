import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { unknownSettings } from '@vitals/core/settings';
import { parseDuration } from '@vitals/core/time';
import { isLoopback } from './host-name.js';
import { parseSecretKeys, parseToken, referableIn } from './secret-settings.js';
import {
  allowedHost,
  cidr,
  databasePath,
  durationThat,
  endpoint,
  flag,
  listenHost,
  listOf,
  logLevel,
  optionalText,
  type SettingParser,
  wholeNumber,
} from './setting-values.js';
import type { Settings } from './settings.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
/** A process that drains for longer was forgotten, in milliseconds. */
const MAX_DRAIN_MS = 600 * SECOND_MS;

/** The default of `VITALS_CHECK_ALLOW_CIDRS` while everybody who can reach this process may do everything anyway. */
const LOCAL_RANGES: readonly string[] = [
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that are specified, but that this version cannot honour: refused, for ignoring one would be a lie. */
const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  KAFKA_BROKERS: 'cluster mode is not supported by this version; unset it to run one process',
};

/** The settings of an environment, whether they are right or not. */
export interface InspectedSettings {
  /** A setting that is wrong is `undefined` in it. */
  readonly settings: Settings;
  /** One for every setting that is wrong; `pointer` is its name. */
  readonly faults: readonly FieldFault[];
  /** The text that each setting is read from, of the environment or its default, by its name. */
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
  const read = <T>(name: string, fallback: string, parse: SettingParser<T>): T => {
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
    host: read('HOST', '127.0.0.1', listenHost),
    port: read('PORT', '3000', wholeNumber(0, 65_535)),
    databasePath: read('DATABASE_URL', 'sqlite:./data/vitals.db', databasePath),
    backupFolder: read('VITALS_BACKUP_DIR', '', optionalText),
    appId: read('VITALS_APP_ID', 'vitals', String),
    intervals: {
      baseMs: read('VITALS_HEARTBEAT_INTERVAL', '10s', advertisedInterval),
      missedBeats: read('VITALS_MISSED_BEATS', '3', wholeNumber(1, 100)),
      graceMs: read('VITALS_HEARTBEAT_GRACE', '3s', parseDuration),
      maxHeartbeatsPerSecond: read('VITALS_MAX_HEARTBEATS_PER_SECOND', '20000', wholeNumber(1, 10_000_000)),
    },
    massFailureHoldMs: read('VITALS_MASS_FAILURE_HOLD', '6h', massFailureHold),
    transitionRetentionMs: read(
      'VITALS_TRANSITION_RETENTION_DAYS',
      '90',
      (text) => wholeNumber(1, 36_500)(text) * DAY_MS,
    ),
    maxProviders: read('VITALS_MAX_PROVIDERS', '1000000', wholeNumber(1, 100_000_000)),
    security: {
      adminToken: read('VITALS_ADMIN_TOKEN', '', parseToken),
      registrationToken: read('VITALS_REGISTRATION_TOKEN', '', parseToken),
      openLookups: read('VITALS_OPEN_LOOKUPS', '', flag),
      allowedHosts: read('VITALS_ALLOWED_HOSTS', '', listOf(allowedHost)),
      ratePerSecond: read('VITALS_RATE_LIMIT', '50', wholeNumber(0, 10_000_000)),
      rateBurst: read('VITALS_RATE_BURST', '100', wholeNumber(1, 10_000_000)),
    },
    outbound: {
      allowCidrs: read('VITALS_CHECK_ALLOW_CIDRS', '', (text) => {
        if (text === '') return environment['VITALS_ADMIN_TOKEN'] === undefined ? LOCAL_RANGES : [];
        return text.trim() === 'none' ? [] : listOf(cidr)(text);
      }),
      connectivity: read('VITALS_CHECK_CONNECTIVITY', '', listOf(endpoint)),
    },
    secrets: {
      keys: read('VITALS_SECRET_KEY', '', parseSecretKeys),
      referable: referableIn(environment),
    },
    polls: {
      intervalMs: read('VITALS_PROVIDER_POLL_INTERVAL', '30s', pollInterval),
      timeoutMs: read('VITALS_PROVIDER_POLL_TIMEOUT', '5s', parseDuration),
    },
    declarationsPath: read('VITALS_DECLARATIONS', '', optionalText),
    drainMs: read('VITALS_DRAIN', isTerminal ? '0' : '5s', drain),
    logLevel: read('LOG_LEVEL', 'info', logLevel),
  };
  for (const [name, detail] of Object.entries(NOT_SUPPORTED)) {
    if (environment[name]) faults.push({ pointer: name, detail });
  }
  faults.push(
    ...exposureFaults(settings, environment, read('VITALS_INSECURE', '', flag)),
    ...tokenFaults(settings.security, environment),
    ...pollFaults(settings.polls),
    ...unknownSettings(environment),
  );
  return { settings, faults, values };
}

const advertisedInterval = durationThat(
  'must be whole seconds, from 1s to 1h: it is advertised to providers in seconds',
  (ms) => ms >= SECOND_MS && ms <= HOUR_MS && ms % SECOND_MS === 0,
);
const pollInterval = durationThat('must be from 2s to 24h', (ms) => ms >= 2 * SECOND_MS && ms <= DAY_MS);
const drain = durationThat('must be from 0 to 10m', (ms) => ms <= MAX_DRAIN_MS);
const massFailureHold = durationThat(
  'must be at least 1s, or a mass failure would hold nothing',
  (ms) => ms >= SECOND_MS,
);

function exposureFaults({ host }: Settings, environment: Environment, isMeant: boolean): FieldFault[] {
  const guarded = environment['VITALS_ADMIN_TOKEN'] !== undefined || isMeant;
  if (host === undefined || isLoopback(host) || guarded) return [];
  const detail = `${host} can be reached by others, and nothing would require a token from them; set VITALS_ADMIN_TOKEN, or VITALS_INSECURE=1 if that is meant`;
  return [{ pointer: 'HOST', detail }];
}

/** An empty token would turn authentication off without a word. */
function tokenFaults(
  { adminToken, registrationToken }: Settings['security'],
  environment: Environment,
): FieldFault[] {
  const faults = ['VITALS_ADMIN_TOKEN', 'VITALS_REGISTRATION_TOKEN']
    .filter((name) => environment[name] === '')
    .map((pointer) => ({
      pointer,
      detail: 'is empty; unset it if no token is meant, or give one: openssl rand -hex 32',
    }));
  const refuse = (detail: string): unknown => faults.push({ pointer: 'VITALS_REGISTRATION_TOKEN', detail });
  if (registrationToken === undefined) return faults;
  if (environment['VITALS_ADMIN_TOKEN'] === undefined)
    refuse('has no effect without VITALS_ADMIN_TOKEN; set that too, or unset it');
  else if (adminToken === registrationToken) refuse('must differ from VITALS_ADMIN_TOKEN');
  return faults;
}

function pollFaults({ intervalMs, timeoutMs }: Settings['polls']): FieldFault[] {
  if (intervalMs === undefined || timeoutMs === undefined) return [];
  if (timeoutMs >= 1 && timeoutMs <= intervalMs - SECOND_MS) return [];
  const detail = 'must be at least 1ms, and shorter than VITALS_PROVIDER_POLL_INTERVAL by a second or more';
  return [{ pointer: 'VITALS_PROVIDER_POLL_TIMEOUT', detail }];
}

function describe(faults: readonly FieldFault[]): string {
  const lines = faults.map(({ pointer, detail }) => `  ${pointer}: ${detail}`);
  return `${faults.length === 1 ? 'One setting is' : `${faults.length} settings are`} wrong:\n${lines.join('\n')}`;
}
