import { type FieldFault, VitalsError } from '@vitals/core/errors';
import { unknownSettings } from '@vitals/core/settings';
import { isLoopback } from '@vitals/core/check';
import { flag, SECOND_MS } from './setting-values.js';
import { type Environment, type ReadSetting, type Settings, settingsOf } from './settings.js';

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
 * @param isTerminal whether a person watches the output
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
  const read: ReadSetting = (name, fallback, parse) => {
    const text = environment[name] || fallback;
    values.set(name, text);
    try {
      return parse(text);
    } catch (error) {
      faults.push({ pointer: name, detail: (error as Error).message });
      return undefined as ReturnType<typeof parse>;
    }
  };
  const settings: Settings = settingsOf(read, environment, isTerminal);
  const isWrong = (name: string): boolean => faults.some(({ pointer }) => pointer === name);
  faults.push(
    ...kafkaFaults(settings, environment).filter(({ pointer }) => !isWrong(pointer)),
    ...exposureFaults(settings, environment, read('VITALS_INSECURE', '', flag)),
    ...tokenFaults(settings.security, environment),
    ...pollFaults(settings.polls),
    ...backupFaults(settings),
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

function backupFaults({ database, backupFolder }: Settings): FieldFault[] {
  if (database?.kind !== 'postgres' || backupFolder === undefined) return [];
  const detail =
    'has no effect with PostgreSQL, which is backed up by its own tools, such as pg_dump; unset it';
  return [{ pointer: 'VITALS_BACKUP_DIR', detail }];
}

/** Settings of Kafka that say nothing without others; each with those. */
const KAFKA_NEEDS: Readonly<Record<string, readonly string[]>> = {
  VITALS_TOPIC_PREFIX: ['KAFKA_BROKERS'],
  VITALS_PARTITIONS: ['KAFKA_BROKERS'],
  KAFKA_SASL_MECHANISM: ['KAFKA_BROKERS', 'KAFKA_SASL_USERNAME'],
  KAFKA_SASL_USERNAME: ['KAFKA_SASL_PASSWORD'],
  KAFKA_SASL_PASSWORD: ['KAFKA_SASL_MECHANISM'],
  KAFKA_TLS: ['KAFKA_BROKERS'],
  KAFKA_TLS_CA: ['KAFKA_TLS'],
  KAFKA_TLS_CERT: ['KAFKA_TLS_KEY', 'KAFKA_TLS'],
  KAFKA_TLS_KEY: ['KAFKA_TLS_CERT'],
};

function kafkaFaults({ database, kafka }: Settings, environment: Environment): FieldFault[] {
  const isSet = (name: string): boolean => Boolean(environment[name]) && environment[name] !== '0';
  const faults = Object.entries(KAFKA_NEEDS).flatMap(([pointer, names]) => {
    const missing = isSet(pointer) ? names.find((name) => !isSet(name)) : undefined;
    const detail = `has no effect without ${missing}; set that too, or unset it`;
    return missing === undefined ? [] : [{ pointer, detail }];
  });
  if (kafka.brokers?.length && database?.kind === 'sqlite') {
    const detail =
      'must name a database of PostgreSQL with KAFKA_BROKERS: the instances of a cluster share it';
    faults.push({ pointer: 'DATABASE_URL', detail });
  }
  return faults;
}

function describe(faults: readonly FieldFault[]): string {
  const lines = faults.map(({ pointer, detail }) => `  ${pointer}: ${detail}`);
  return `${faults.length === 1 ? 'One setting is' : `${faults.length} settings are`} wrong:\n${lines.join('\n')}`;
}
