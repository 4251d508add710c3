import type { FieldFault } from '../errors.js';
import { didYouMean } from '../nearest-name.js';

/** The settings of the control plane that begin with `VITALS_`. */
export const CONTROL_PLANE_SETTINGS = [
  'VITALS_ADMIN_TOKEN',
  'VITALS_ALLOWED_HOSTS',
  'VITALS_APP_ID',
  'VITALS_BACKUP_DIR',
  'VITALS_CHECK_ALLOW_CIDRS',
  'VITALS_CHECK_CONNECTIVITY',
  'VITALS_DECLARATIONS',
  'VITALS_DRAIN',
  'VITALS_HEARTBEAT_GRACE',
  'VITALS_HEARTBEAT_INTERVAL',
  'VITALS_INSECURE',
  'VITALS_MASS_FAILURE_HOLD',
  'VITALS_MAX_HEARTBEATS_PER_SECOND',
  'VITALS_MAX_PROVIDERS',
  'VITALS_MISSED_BEATS',
  'VITALS_OPEN_LOOKUPS',
  'VITALS_PARTITIONS',
  'VITALS_PROVIDER_POLL_INTERVAL',
  'VITALS_PROVIDER_POLL_TIMEOUT',
  'VITALS_RATE_BURST',
  'VITALS_RATE_LIMIT',
  'VITALS_REGISTRATION_TOKEN',
  'VITALS_SECRET_KEY',
  'VITALS_TOPIC_PREFIX',
  'VITALS_TRANSITION_RETENTION_DAYS',
] as const;

/** The settings of the control plane that are named as the field names them. */
const OTHER_SETTINGS = [
  'HOST',
  'PORT',
  'DATABASE_URL',
  'KAFKA_BROKERS',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_PASSWORD',
  'KAFKA_SASL_USERNAME',
  'KAFKA_TLS',
  'KAFKA_TLS_CA',
  'KAFKA_TLS_CERT',
  'KAFKA_TLS_KEY',
  'LOG_LEVEL',
] as const;

/** The settings of the agent and of the commands; those that two programs read are in both lists. */
export const AGENT_SETTINGS = [
  'VITALS_CONTROL_PLANE',
  'VITALS_DRAIN_REQUESTED',
  'VITALS_NAME',
  'VITALS_REGISTRATION_TOKEN',
  'VITALS_TOKEN',
  'VITALS_TOKEN_FILE',
] as const;

/** The name of a variable that a check may refer to as `env:NAME`. */
export const CHECK_SECRET_NAME = /^VITALS_CHECK_SECRET_[A-Z0-9_]{1,100}$/;

const PREFIX = 'VITALS_';
const KNOWN: ReadonlySet<string> = new Set<string>([...CONTROL_PLANE_SETTINGS, ...AGENT_SETTINGS]);
/** Names are compared without the prefix, which would make short ones alike. */
const BY_SHORT_NAME: ReadonlyMap<string, string> = new Map([
  ...[...KNOWN].map((name) => [name.slice(PREFIX.length), name] as const),
  ...OTHER_SETTINGS.map((name) => [name, name] as const),
]);

/**
 * What Kubernetes and Docker set for each Service of a name that begins with `vitals`, which nobody wrote:
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const SERVICE_LINK =
  /^VITALS_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|ADDR|PORT|(PORT_)?(START|END)))?|ENV_\w+)$/;
/** The same for its first port, whose name a person could have written as well. */
const SERVICE_LINK_PORT = /^VITALS_([A-Z0-9_]+_)?PORT$/;
const SERVICE_LINK_URL = /^(tcp|udp|sctp):\/\//;

/**
 * The variables of an environment that begin with `VITALS_`, in whatever case, and are no setting of any program of
 * Vitals: an ignored one would mislead. All programs know all settings, for they may share an environment. `pointer`
 * is the name.
 */
export function unknownSettings(environment: Readonly<Record<string, string | undefined>>): FieldFault[] {
  return Object.entries(environment)
    .filter(([name, value]) => /^vitals_/i.test(name) && !isKnown(name, value ?? ''))
    .map(([pointer]) => ({ pointer, detail: describe(pointer) }));
}

function isKnown(name: string, value: string): boolean {
  return (
    KNOWN.has(name) ||
    CHECK_SECRET_NAME.test(name) ||
    SERVICE_LINK.test(name) ||
    (SERVICE_LINK_PORT.test(name) && SERVICE_LINK_URL.test(value))
  );
}

function describe(name: string): string {
  if (/^vitals_check_secret_/i.test(name))
    return 'is not a valid name; after VITALS_CHECK_SECRET_ come 1 to 100 of A-Z, 0-9 and "_"';
  const written = (short: string): string => BY_SHORT_NAME.get(short) ?? short;
  return `is not a setting; ${didYouMean(name.slice(PREFIX.length), BY_SHORT_NAME.keys(), written) ?? 'unset it'}`;
}
