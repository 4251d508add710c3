import { parseDurationText } from '@vitals/core/time';
import { parseSecretKeys, parseToken, referableIn } from './secret-settings.js';
import {
  allowedHost,
  cidr,
  databaseLocation,
  DAY_MS,
  durationThat,
  endpoint,
  flag,
  HOUR_MS,
  listenHost,
  listOf,
  logLevel,
  optionalText,
  saslMechanism,
  SECOND_MS,
  type SettingParser,
  topicPrefix,
  wholeNumber,
} from './setting-values.js';

/** The default of `VITALS_CHECK_ALLOW_CIDRS` while everybody who can reach this process may do everything anyway. */
const LOCAL_RANGES: readonly string[] = [
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
];

/** The variables of an environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a setting by its parser: the text of the environment, or the default. */
export type ReadSetting = <T>(name: string, fallback: string, parse: SettingParser<T>) => T;

/** All settings; those of which `read` returns nothing are wrong. */
export function settingsOf(read: ReadSetting, environment: Environment, isTerminal: boolean) {
  return {
    host: read('HOST', '127.0.0.1', listenHost),
    port: read('PORT', '3000', wholeNumber(0, 65_535)),
    database: read('DATABASE_URL', 'sqlite:./data/vitals.db', databaseLocation),
    /** Where backups are written; `undefined` for the folder `backups` beside the database. */
    backupFolder: read('VITALS_BACKUP_DIR', '', optionalText),
    /** Where the instances of a cluster meet; without brokers there is no cluster. */
    kafka: {
      brokers: read('KAFKA_BROKERS', '', listOf(endpoint)),
      topicPrefix: read('VITALS_TOPIC_PREFIX', 'vitals', topicPrefix),
      /** How many partitions each topic has. */
      partitions: read('VITALS_PARTITIONS', '16', wholeNumber(1, 1_000)),
      sasl: {
        mechanism: read('KAFKA_SASL_MECHANISM', '', saslMechanism),
        username: read('KAFKA_SASL_USERNAME', '', optionalText),
        password: read('KAFKA_SASL_PASSWORD', '', optionalText),
      },
      tls: {
        isOn: read('KAFKA_TLS', '', flag),
        /** Paths of PEM files: whom to trust besides the public authorities, and this client's own certificate. */
        caPath: read('KAFKA_TLS_CA', '', optionalText),
        certPath: read('KAFKA_TLS_CERT', '', optionalText),
        keyPath: read('KAFKA_TLS_KEY', '', optionalText),
      },
    },
    appId: read('VITALS_APP_ID', 'vitals', String),
    intervals: {
      baseMs: read(
        'VITALS_HEARTBEAT_INTERVAL',
        '10s',
        durationThat(
          'must be whole seconds, from 1s to 1h: it is advertised to providers in seconds',
          (ms) => ms >= SECOND_MS && ms <= HOUR_MS && ms % SECOND_MS === 0,
        ),
      ),
      missedBeats: read('VITALS_MISSED_BEATS', '3', wholeNumber(1, 100)),
      graceMs: read('VITALS_HEARTBEAT_GRACE', '3s', parseDurationText),
      maxHeartbeatsPerSecond: read('VITALS_MAX_HEARTBEATS_PER_SECOND', '20000', wholeNumber(1, 10_000_000)),
    },
    /** After so long without further failures the consequences of a mass failure wait no longer. */
    massFailureHoldMs: read(
      'VITALS_MASS_FAILURE_HOLD',
      '6h',
      durationThat('must be at least 1s, or a mass failure would hold nothing', (ms) => ms >= SECOND_MS),
    ),
    transitionRetentionMs: read(
      'VITALS_TRANSITION_RETENTION_DAYS',
      '90',
      (text) => wholeNumber(1, 36_500)(text) * DAY_MS,
    ),
    /** The most providers that may be registered. */
    maxProviders: read('VITALS_MAX_PROVIDERS', '1000000', wholeNumber(1, 100_000_000)),
    /** Who may do what; authentication is on when there is an admin token. */
    security: {
      adminToken: read('VITALS_ADMIN_TOKEN', '', parseToken),
      registrationToken: read('VITALS_REGISTRATION_TOKEN', '', parseToken),
      /** Whether services may be looked up, and subscribed to, without a token while authentication is on. */
      openLookups: read('VITALS_OPEN_LOOKUPS', '', flag),
      /**
       * Names that requests may be for while authentication is off, besides those of loopback and `HOST`: in lower
       * case, addresses as `canonicalHost` has them; `*.` stands for whatever labels come before.
       */
      allowedHosts: read('VITALS_ALLOWED_HOSTS', '', listOf(allowedHost)),
      /** Requests per second of one identity, in the long run; 0 for no limit. */
      ratePerSecond: read('VITALS_RATE_LIMIT', '50', wholeNumber(0, 10_000_000)),
      /** Requests that one identity may make at once. */
      rateBurst: read('VITALS_RATE_BURST', '100', wholeNumber(1, 10_000_000)),
    },
    outbound: {
      /** Exceptions to the built-in deny list of active checks, each an address with its prefix length. */
      allowCidrs: read('VITALS_CHECK_ALLOW_CIDRS', '', (text): readonly string[] => {
        if (text === '') return environment['VITALS_ADMIN_TOKEN'] === undefined ? LOCAL_RANGES : [];
        return text.trim() === 'none' ? [] : listOf(cidr)(text);
      }),
      /** One of these accepts a connection, or no failure of a check is judged; empty: every failure is. */
      connectivity: read('VITALS_CHECK_CONNECTIVITY', '', listOf(endpoint)),
    },
    secrets: {
      /** The first one encrypts stored credentials, all of them decrypt; without one they are stored as they are. */
      keys: read('VITALS_SECRET_KEY', '', parseSecretKeys),
      /** The values that checks may refer to with `env:NAME`, by the name of the variable. */
      referable: referableIn(environment),
    },
    /** How providers that want it are asked for their health. */
    polls: {
      intervalMs: read(
        'VITALS_PROVIDER_POLL_INTERVAL',
        '30s',
        durationThat('must be from 2s to 24h', (ms) => ms >= 2 * SECOND_MS && ms <= DAY_MS),
      ),
      timeoutMs: read('VITALS_PROVIDER_POLL_TIMEOUT', '5s', parseDurationText),
    },
    /** The file that declares checks and providers; `undefined` for none. */
    declarationsPath: read('VITALS_DECLARATIONS', '', optionalText),
    /**
     * How long everything is served on after readiness has turned `DOWN` at shutdown. Who presses Ctrl-C does not wait
     * for load balancers, and a process that drains for longer than ten minutes was forgotten.
     */
    drainMs: read(
      'VITALS_DRAIN',
      isTerminal ? '0' : '5s',
      durationThat('must be from 0 to 10m', (ms) => ms <= 600 * SECOND_MS),
    ),
    logLevel: read('LOG_LEVEL', 'info', logLevel),
  } as const;
}

const Values = class {} as unknown as abstract new () => ReturnType<typeof settingsOf>;

/** The settings of one process, validated; durations are in milliseconds. */
export abstract class Settings extends Values {}
