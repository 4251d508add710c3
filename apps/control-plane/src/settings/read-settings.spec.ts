import { VitalsError } from '@vitals/core/errors';
import { AGENT_SETTINGS, CONTROL_PLANE_SETTINGS } from '@vitals/core/settings';
import { inspectSettings, readSettings } from './read-settings.js';

const ADMIN = 'sixteen-letters!';
const REGISTRATION = 'another-sixteen!';
const LOCAL_RANGES = ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
const POSTGRES = 'postgres://u@db/vitals';
const NO_KAFKA = {
  brokers: [],
  topicPrefix: 'vitals',
  partitions: 16,
  sasl: { mechanism: undefined, username: undefined, password: undefined },
  tls: { isOn: false, caPath: undefined, certPath: undefined, keyPath: undefined },
};

function refusalOf(environment: Record<string, string>): VitalsError {
  try {
    readSettings(environment);
  } catch (error) {
    return error as VitalsError;
  }
  throw new Error('the settings were accepted');
}

describe('readSettings', () => {
  it.each([
    ['nothing is set', {}],
    ['everything is empty', { HOST: '', PORT: '', DATABASE_URL: '', KAFKA_BROKERS: '', LOG_LEVEL: '' }],
  ])('gives the defaults when %s', (_what, environment) => {
    expect(readSettings(environment)).toEqual({
      host: '127.0.0.1',
      port: 3_000,
      database: { kind: 'sqlite', path: './data/vitals.db' },
      kafka: NO_KAFKA,
      appId: 'vitals',
      intervals: { baseMs: 10_000, missedBeats: 3, graceMs: 3_000, maxHeartbeatsPerSecond: 20_000 },
      maxProviders: 1_000_000,
      massFailureHoldMs: 6 * 3_600_000,
      transitionRetentionMs: 90 * 86_400_000,
      polls: { intervalMs: 30_000, timeoutMs: 5_000 },
      security: {
        adminToken: undefined,
        registrationToken: undefined,
        openLookups: false,
        allowedHosts: [],
        ratePerSecond: 50,
        rateBurst: 100,
      },
      outbound: { allowCidrs: LOCAL_RANGES, connectivity: [] },
      secrets: { keys: [], referable: new Map() },
      declarationsPath: undefined,
      drainMs: 5_000,
      logLevel: 'info',
    });
  });

  it('takes what is set', () => {
    const settings = readSettings({
      HOST: '::1',
      PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
      VITALS_BACKUP_DIR: '/var/backups',
      VITALS_APP_ID: 'plane-7',
      VITALS_HEARTBEAT_INTERVAL: '1m',
      VITALS_MISSED_BEATS: '5',
      VITALS_HEARTBEAT_GRACE: '250ms',
      VITALS_MAX_HEARTBEATS_PER_SECOND: '100',
      VITALS_MAX_PROVIDERS: '12',
      VITALS_TRANSITION_RETENTION_DAYS: '7',
      VITALS_MASS_FAILURE_HOLD: '90m',
      VITALS_PROVIDER_POLL_INTERVAL: '10s',
      VITALS_PROVIDER_POLL_TIMEOUT: '200ms',
      VITALS_ADMIN_TOKEN: ADMIN,
      VITALS_REGISTRATION_TOKEN: REGISTRATION,
      VITALS_OPEN_LOOKUPS: '1',
      VITALS_ALLOWED_HOSTS: 'Vitals.example, *.vitals.svc,192.0.2.7,[2001:DB8::1],::2',
      VITALS_RATE_LIMIT: '0',
      VITALS_RATE_BURST: '7',
      VITALS_CHECK_ALLOW_CIDRS: '10.1.0.0/16, fd00::/8,192.168.7.9',
      VITALS_CHECK_CONNECTIVITY: 'gateway.example:53,[2001:db8::1]:443',
      VITALS_DECLARATIONS: './vitals.yaml',
      VITALS_DRAIN: '1m',
      VITALS_SECRET_KEY: `${'new'.repeat(20)}, ${'old'.repeat(20)}`,
      VITALS_CHECK_SECRET_SHOP: 'for the shop',
      VITALS_CHECK_SECRET_NONE: '',
      LOG_LEVEL: 'WARN',
    });
    expect(settings).toEqual({
      host: '::1',
      port: 0,
      database: { kind: 'sqlite', path: ':memory:' },
      backupFolder: '/var/backups',
      kafka: NO_KAFKA,
      appId: 'plane-7',
      intervals: { baseMs: 60_000, missedBeats: 5, graceMs: 250, maxHeartbeatsPerSecond: 100 },
      maxProviders: 12,
      massFailureHoldMs: 90 * 60_000,
      transitionRetentionMs: 7 * 86_400_000,
      polls: { intervalMs: 10_000, timeoutMs: 200 },
      security: {
        adminToken: ADMIN,
        registrationToken: REGISTRATION,
        openLookups: true,
        allowedHosts: ['vitals.example', '*.vitals.svc', '192.0.2.7', '2001:db8::1', '::2'],
        ratePerSecond: 0,
        rateBurst: 7,
      },
      outbound: {
        allowCidrs: ['10.1.0.0/16', 'fd00::/8', '192.168.7.9/32'],
        connectivity: [
          { host: 'gateway.example', port: 53 },
          { host: '2001:db8::1', port: 443 },
        ],
      },
      secrets: {
        keys: ['new'.repeat(20), 'old'.repeat(20)],
        referable: new Map([['VITALS_CHECK_SECRET_SHOP', 'for the shop']]),
      },
      declarationsPath: './vitals.yaml',
      drainMs: 60_000,
      logLevel: 'warn',
    });
  });

  it.each([
    ['HOST', 'no host', 'is not an IP address or a host name'],
    ['PORT', '65536', 'from 0 to 65535'],
    ['PORT', '80.5', 'whole number'],
    ['PORT', '-1', 'whole number'],
    ['KAFKA_BROKERS', 'localhost', 'is not host:port'],
    ['DATABASE_URL', 'data.db', 'use sqlite:<path>'],
    ['DATABASE_URL', 'sqlite:', 'use sqlite:<path>'],
    ['DATABASE_URL', 'postgres://localhost', 'use postgres://'],
    ['DATABASE_URL', 'postgres:///vitals', 'use postgres://'],
    ['DATABASE_URL', 'postgres://localhost/vitals?ssl=true', 'there are sslmode'],
    ['DATABASE_URL', 'postgres://localhost/vitals?sslmode=prefer', 'there are disable, require'],
    [
      'VITALS_HEARTBEAT_INTERVAL',
      '10',
      'it has no unit; give a number with ms, s, m, h or d, such as "10s", up to 24 days',
    ],
    ['VITALS_HEARTBEAT_INTERVAL', '1500ms', 'whole seconds'],
    ['VITALS_HEARTBEAT_INTERVAL', '0s', 'from 1s to 1h'],
    ['VITALS_HEARTBEAT_INTERVAL', '2h', 'from 1s to 1h'],
    ['VITALS_MISSED_BEATS', '0', 'from 1 to 100'],
    ['VITALS_MISSED_BEATS', 'three', 'whole number'],
    ['VITALS_HEARTBEAT_GRACE', '-3s', 'not a duration: give a number with ms'],
    ['VITALS_MAX_HEARTBEATS_PER_SECOND', '0', 'from 1'],
    ['LOG_LEVEL', 'loud', 'debug, info, warn, error'],
    ['VITALS_TOPIC_PREFIX', 'a_b', 'is not a prefix of topics'],
    ['VITALS_TOPIC_PREFIX', '.a', 'is not a prefix of topics'],
    ['VITALS_PARTITIONS', '0', 'from 1 to 1000'],
    ['VITALS_PARTITIONS', '1001', 'from 1 to 1000'],
    ['KAFKA_SASL_MECHANISM', 'GSSAPI', 'there are PLAIN, SCRAM-SHA-256, SCRAM-SHA-512'],
    ['KAFKA_SASL_USERNAME', 'vitals', 'has no effect without KAFKA_SASL_PASSWORD'],
    ['KAFKA_SASL_PASSWORD', 'hunter2', 'has no effect without KAFKA_SASL_MECHANISM'],
    ['KAFKA_TLS', 'yes', 'must be 1 for on, or 0 for off'],
    ['KAFKA_TLS_CA', '/ca.pem', 'has no effect without KAFKA_TLS'],
    ['KAFKA_TLS_CERT', '/cert.pem', 'has no effect without KAFKA_TLS_KEY'],
    ['KAFKA_TLS_KEY', '/key.pem', 'has no effect without KAFKA_TLS_CERT'],
    ['VITALS_ADMIN_TOKEN', 'hunter 2 with spaces', 'printable ASCII'],
    ['VITALS_ADMIN_TOKEN', 'fifteen-letters', 'must be 16 to 512'],
    ['VITALS_ADMIN_TOKEN', 'x'.repeat(513), 'must be 16 to 512'],
    ['VITALS_ADMIN_TOKEN', '', 'is empty; unset it'],
    ['VITALS_ADMIN_TOKEN', ' ', 'must be 16 to 512'],
    ['VITALS_REGISTRATION_TOKEN', REGISTRATION, 'no effect without VITALS_ADMIN_TOKEN'],
    ['VITALS_REGISTRATION_TOKEN', 'hunter2', 'must be 16 to 512'],
    ['VITALS_REGISTRATION_TOKEN', '', 'is empty; unset it'],
    ['VITALS_OPEN_LOOKUPS', 'yes', 'must be 1 for on, or 0 for off'],
    ['VITALS_INSECURE', 'true', 'must be 1 for on, or 0 for off'],
    ['VITALS_ALLOWED_HOSTS', '*', 'is not a host'],
    ['VITALS_ALLOWED_HOSTS', 'vitals.example:3000', 'without ports'],
    ['VITALS_ALLOWED_HOSTS', 'https://vitals.example', 'is not a host'],
    ['VITALS_ALLOWED_HOSTS', 'a,,b', '"" is not a host'],
    ['VITALS_HEARBEAT_INTERVAL', '10s', 'did you mean `VITALS_HEARTBEAT_INTERVAL`?'],
    ['VITALS_CHECK_SECRET_no', 'x', 'is not a valid name'],
    ['VITALS_MAX_PROVIDERS', '0', 'whole number from 1'],
    ['VITALS_TRANSITION_RETENTION_DAYS', '0', 'whole number from 1'],
    ['VITALS_MASS_FAILURE_HOLD', '0s', 'at least 1s'],
    ['VITALS_MASS_FAILURE_HOLD', 'ever', 'is not a duration'],
    ['VITALS_PROVIDER_POLL_INTERVAL', '25h', 'from 2s to 24h'],
    ['VITALS_PROVIDER_POLL_TIMEOUT', '30s', 'shorter than VITALS_PROVIDER_POLL_INTERVAL'],
    ['VITALS_PROVIDER_POLL_TIMEOUT', 'ever', 'not a duration: give a number with ms'],
    ['VITALS_PROVIDER_POLL_TIMEOUT', '0s', 'at least 1ms'],
    ['VITALS_RATE_LIMIT', '-1', 'whole number'],
    ['VITALS_SECRET_KEY', 'hunter2', '32 to 512 printable'],
    ['VITALS_SECRET_KEY', 'with spaces '.repeat(5), '32 to 512 printable'],
    ['VITALS_SECRET_KEY', `${'k'.repeat(32)},`, '32 to 512 printable'],
    ['VITALS_SECRET_KEY', `${'k'.repeat(32)},${'k'.repeat(32)}`, 'twice'],
    ['VITALS_DRAIN', '5', 'not a duration'],
    ['VITALS_DRAIN', '-1s', 'not a duration'],
    ['VITALS_DRAIN', '11m', 'from 0 to 10m'],
    ['VITALS_RATE_BURST', '0', 'from 1'],
    ['VITALS_CHECK_ALLOW_CIDRS', '10.0.0.0/33', 'is not a valid address range'],
    ['VITALS_CHECK_ALLOW_CIDRS', '::1/129', 'is not a valid address range'],
    ['VITALS_CHECK_ALLOW_CIDRS', '10.0.0.0/8,', '"" is not a valid address range'],
    ['VITALS_CHECK_ALLOW_CIDRS', '10.0.0.0/-1', 'is not a valid address range'],
    ['VITALS_CHECK_ALLOW_CIDRS', '10.1/16', 'is not a valid address range'],
    ['VITALS_CHECK_ALLOW_CIDRS', 'fe80::1%eth0/64', 'is not a valid address range'],
    ['VITALS_CHECK_ALLOW_CIDRS', 'example.org', 'such as 10.0.0.0/8'],
    ['VITALS_CHECK_CONNECTIVITY', 'gateway.example', 'is not host:port'],
    ['VITALS_CHECK_CONNECTIVITY', 'gateway.example:0', 'is not host:port'],
    ['VITALS_CHECK_CONNECTIVITY', 'gateway.example:65536', 'is not host:port'],
    ['VITALS_CHECK_CONNECTIVITY', 'https://gateway.example:443', 'is not host:port'],
    ['VITALS_CHECK_CONNECTIVITY', '[gateway]:53', 'is not host:port'],
    ['VITALS_CHECK_CONNECTIVITY', 'a:1,,b:2', '"" is not host:port'],
  ])('refuses %s=%s', (name, value, reason) => {
    const refusal = refusalOf({ [name]: value });
    expect(refusal).toMatchObject({ code: 'settings-invalid', faults: [{ pointer: name }] });
    expect(refusal.message).toMatch(/^One setting is wrong:\n {2}/);
    expect(refusal.faults[0]?.detail).toContain(reason);
    // the environment knows nothing but text
    expect(refusal.message).not.toMatch(/without quotes|give milliseconds/);
  });

  it.each([
    ['none while authentication is on', { VITALS_ADMIN_TOKEN: ADMIN }, []],
    ['none when that is said', { VITALS_CHECK_ALLOW_CIDRS: 'none' }, []],
    [
      'what is listed, also while authentication is on',
      { VITALS_ADMIN_TOKEN: ADMIN, VITALS_CHECK_ALLOW_CIDRS: '::1' },
      ['::1/128'],
    ],
  ])('lets checks reach, of what is not public, %s', (_what, environment, allowCidrs) => {
    expect(readSettings(environment).outbound.allowCidrs).toEqual(allowCidrs);
  });

  it('refuses more exceptions for checks than anybody means', () => {
    const listed = Array.from({ length: 101 }, () => '10.0.0.0/8').join(',');
    expect(refusalOf({ VITALS_CHECK_ALLOW_CIDRS: listed }).message).toContain('at most 100');
  });

  it('refuses one token for both purposes', () => {
    const refusal = refusalOf({ VITALS_ADMIN_TOKEN: ADMIN, VITALS_REGISTRATION_TOKEN: ADMIN });
    expect(refusal.message).toContain('VITALS_REGISTRATION_TOKEN: must differ from VITALS_ADMIN_TOKEN');
  });

  it.each([
    ['for five seconds where nobody watches', {}, false, 5_000],
    ['not at all on a terminal, where Ctrl-C ends it', {}, true, 0],
    ['as long as is said, on a terminal too', { VITALS_DRAIN: '2s' }, true, 2_000],
    ['not at all when that is said', { VITALS_DRAIN: '0' }, false, 0],
  ])('drains %s', (_what, environment, isTerminal, drainMs) => {
    expect(readSettings(environment, isTerminal).drainMs).toBe(drainMs);
  });

  it.each([
    ['postgres://u:p%40w@db.example:5433/vitals', 'postgres://db.example:5433/vitals'],
    ['postgresql://u@db.example/vitals?sslmode=verify-full', 'postgres://db.example/vitals'],
    ['postgres://u@localhost/vitals?host=/run/postgresql', 'postgres:///run/postgresql/vitals'],
  ])('takes the database %s, and says no more of it than %s', (url, place) => {
    expect(readSettings({ DATABASE_URL: url }).database).toEqual({ kind: 'postgres', url, place });
  });

  it('has the certificate of the server verified wherever TLS is required', () => {
    const { database } = readSettings({ DATABASE_URL: 'postgres://u@db/vitals?sslmode=require' });
    expect(database).toMatchObject({ url: 'postgres://u@db/vitals?sslmode=verify-full' });
  });

  it('refuses a folder of backups with PostgreSQL, where it would stay empty', () => {
    const refusal = refusalOf({ DATABASE_URL: 'postgres://u@db/v', VITALS_BACKUP_DIR: '/var/backups' });
    expect(refusal.faults).toMatchObject([{ pointer: 'VITALS_BACKUP_DIR' }]);
    expect(refusal.message).toContain('pg_dump');
  });

  it('reads how to reach Kafka', () => {
    const environment = {
      DATABASE_URL: POSTGRES,
      KAFKA_BROKERS: 'kafka-1:9092, [2001:db8::1]:9093',
      VITALS_TOPIC_PREFIX: 'team-7.vitals',
      VITALS_PARTITIONS: '32',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'vitals',
      KAFKA_SASL_PASSWORD: 'hunter2',
      KAFKA_TLS: '1',
      KAFKA_TLS_CA: '/ca.pem',
      KAFKA_TLS_CERT: '/cert.pem',
      KAFKA_TLS_KEY: '/key.pem',
    };
    const { settings, faults } = inspectSettings(environment);
    expect(settings.kafka).toEqual({
      brokers: [
        { host: 'kafka-1', port: 9_092 },
        { host: '2001:db8::1', port: 9_093 },
      ],
      topicPrefix: 'team-7.vitals',
      partitions: 32,
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'vitals', password: 'hunter2' },
      tls: { isOn: true, caPath: '/ca.pem', certPath: '/cert.pem', keyPath: '/key.pem' },
    });
    expect(faults).toEqual([]);
  });

  it.each([
    [
      { KAFKA_BROKERS: 'kafka:9092' },
      'DATABASE_URL',
      'must name a database of PostgreSQL with KAFKA_BROKERS',
    ],
    [{ VITALS_TOPIC_PREFIX: 'v' }, 'VITALS_TOPIC_PREFIX', 'has no effect without KAFKA_BROKERS'],
    [{ VITALS_PARTITIONS: '8' }, 'VITALS_PARTITIONS', 'has no effect without KAFKA_BROKERS'],
    [{ KAFKA_TLS: '1' }, 'KAFKA_TLS', 'has no effect without KAFKA_BROKERS'],
    [
      { KAFKA_BROKERS: 'kafka:9092', KAFKA_SASL_MECHANISM: 'PLAIN' },
      'KAFKA_SASL_MECHANISM',
      'has no effect without KAFKA_SASL_USERNAME',
    ],
    [{ KAFKA_TLS_CERT: 'a', KAFKA_TLS_KEY: 'b', KAFKA_TLS: '0' }, 'KAFKA_TLS_CERT', 'without KAFKA_TLS;'],
  ])('refuses %j, which would have no effect', (environment, pointer, detail) => {
    const { faults } = inspectSettings(environment as Record<string, string>);
    expect(faults).toContainEqual({ pointer, detail: expect.stringContaining(detail) });
  });

  it('names every fault in one message', () => {
    const wrong = {
      PORT: 'x',
      DATABASE_URL: 'x',
      VITALS_MISSED_BEATS: 'x',
      LOG_LEVEL: 'x',
      KAFKA_BROKERS: 'x',
      VITALS_MISSED_BEAT: '3',
      VITALS_ADMIN_TOKEN: 'x',
    };
    const refusal = refusalOf({ ...wrong, HOST: 'a b' });
    expect(refusal.message).toMatch(/^8 settings are wrong:\n/);
    for (const name of [...Object.keys(wrong), 'HOST']) expect(refusal.message).toContain(`\n  ${name}: `);
  });

  it('reads the settings that the core lists, so that it refuses no name that it reads', () => {
    const names = new Set<string>();
    readSettings(
      new Proxy<Record<string, string>>(
        {},
        {
          get: (_target, name) => {
            names.add(String(name));
            return undefined;
          },
        },
      ),
    );
    const read = [...names].filter((name) => name.startsWith('VITALS_'));
    expect(read.toSorted()).toEqual([...CONTROL_PLANE_SETTINGS]);
  });

  it('shares an environment with the agent', () => {
    const agent = Object.fromEntries(AGENT_SETTINGS.map((name) => [name, 'a-token-of-an-agent']));
    expect(readSettings({ ...agent, VITALS_ADMIN_TOKEN: ADMIN }).security.adminToken).toBe(ADMIN);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'vitals.example.org', '127.example.org'])(
    'refuses to listen on %s, which others can reach, unless a token is asked for or that is meant',
    (HOST) => {
      expect(refusalOf({ HOST }).message).toContain('VITALS_INSECURE=1');
      expect(refusalOf({ HOST, VITALS_INSECURE: '0' }).faults).toHaveLength(1);
      expect(readSettings({ HOST, VITALS_INSECURE: '1' }).host).toBe(HOST);
      expect(readSettings({ HOST, VITALS_ADMIN_TOKEN: ADMIN }).host).toBe(HOST);
    },
  );

  it.each([
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    'localhost',
    'LOCALHOST',
  ])('listens on %s, which is loopback', (HOST) => {
    expect(readSettings({ HOST }).host).toBe(HOST);
  });

  it.each([
    ['DATABASE_URL', 'postgres://user:hunter2@db/'],
    ['DATABASE_URL', 'postgres://user:hunter2@db/vitals?password=hunter2'],
    ['DATABASE_URL', 'postgres://user:hunter2@db:port/vitals'],
    ['DATABASE_URL', 'mysql://user:hunter2@db/vitals'],
    ['DATABASE_URL', 'mysql://user:at@hunter2@db/vitals'],
    ['DATABASE_URL', 'libsql://db?authToken=hunter2'],
    ['DATABASE_URL', 'POSTGRES:user:hunter2@db'],
    ['DATABASE_URL', 'host=db password=hunter2'],
    ['DATABASE_URL', '//u/hunter2@h'],
    ['DATABASE_URL', 'sqlite://u:hunter2@h/db'],
    ['DATABASE_URL', 'sqlite:vitals.db?key=hunter2'],
    ['DATABASE_URL', 'postgres://hunter2'],
    ['HOST', 'user:hunter2@localhost'],
    ['PORT', 'user:hunter2@3000'],
    ['KAFKA_BROKERS', 'user:hunter2@localhost:9092'],
    ['KAFKA_SASL_MECHANISM', 'hunter2'],
    ['KAFKA_SASL_USERNAME', 'hunter2'],
    ['KAFKA_SASL_PASSWORD', 'hunter2'],
    ['VITALS_ALLOWED_HOSTS', 'https://user:hunter2@vitals.example'],
    ['VITALS_ALLOWED_HOSTS', 'localhost,user:at@hunter2@vitals.example'],
    ['VITALS_CHECK_ALLOW_CIDRS', 'user:hunter2@10.0.0.0/8'],
    ['VITALS_CHECK_CONNECTIVITY', 'user:hunter2@192.0.2.1:443'],
    ['VITALS_ADMIN_TOKEN', 'hunter2'],
    ['VITALS_ADMIN_TOKEN', 'hunter2 hunter2 hunter2'],
    ['VITALS_HEARBEAT_INTERVAL', 'hunter2'],
    ['VITALS_REGISTRATION_TOKEN', 'hunter2'],
    ['VITALS_SECRET_KEY', 'hunter2'],
  ])('never repeats the credentials of %s=%s', (name, value) => {
    expect(refusalOf({ [name]: value }).message).not.toContain('hunter2');
  });
});
