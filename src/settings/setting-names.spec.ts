import { AGENT_SETTINGS, CONTROL_PLANE_SETTINGS, unknownSettings } from './setting-names.js';

const namesIn = (environment: Record<string, string>): string[] =>
  unknownSettings(environment).map(({ pointer }) => pointer);

describe('unknownSettings', () => {
  it.each([
    ['VITALS_HEARBEAT_INTERVAL', 'did you mean `VITALS_HEARTBEAT_INTERVAL`?'],
    ['VITALS_ADMINTOKEN', 'did you mean `VITALS_ADMIN_TOKEN`?'],
    ['vitals_admin_token', 'did you mean `VITALS_ADMIN_TOKEN`?'],
    ['VITALS_TOKENFILE', 'did you mean `VITALS_TOKEN_FILE`?'],
    ['VITALS_LOG_LEVEL', 'did you mean `LOG_LEVEL`?'],
    ['VITALS_PORT', 'did you mean `PORT`?'],
    ['VITALS_HOST', 'did you mean `HOST`?'],
    ['VITALS_KAFKA_BROKERS', 'did you mean `KAFKA_BROKERS`?'],
    ['VITALS_DATABASE_URL', 'did you mean `DATABASE_URL`?'],
    ['VITALS_SOMETHING_ELSE_ALTOGETHER', 'is not a setting; unset it'],
    ['VITALS_X', 'is not a setting; unset it'],
    ['VITALS_', 'is not a setting; unset it'],
    ['VITALS_CHECK_SECRET_shop', 'VITALS_CHECK_SECRET_ come 1 to 100 of A-Z'],
    ['VITALS_CHECK_SECRET_', 'VITALS_CHECK_SECRET_ come 1 to 100 of A-Z'],
  ])('refuses %s and says: %s', (name, advice) => {
    expect(unknownSettings({ [name]: '3000' })).toEqual([
      { pointer: name, detail: expect.stringContaining(advice) },
    ]);
  });

  it('refuses an unknown name also with an empty value', () => {
    expect(namesIn({ VITALS_HEARBEAT_INTERVAL: '' })).toEqual(['VITALS_HEARBEAT_INTERVAL']);
  });

  it('accepts the settings of all programs, and secrets of checks', () => {
    const names = [...CONTROL_PLANE_SETTINGS, ...AGENT_SETTINGS, 'VITALS_CHECK_SECRET_SHOP'];
    expect(namesIn(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
  });

  it('leaves variables of others alone', () => {
    expect(namesIn({ PATH: '/bin', MY_VITALS_X: '1', VITALSX: '1', VITAL_SIGNS: '1' })).toEqual([]);
  });

  it.each(['VITALS', 'VITALS_DB'])('accepts what Docker sets for a link to %s', (alias) => {
    const links = {
      [`${alias}_PORT`]: 'tcp://172.17.0.5:3000',
      [`${alias}_PORT_3000_TCP_START`]: 'tcp://172.17.0.5:3000',
      [`${alias}_PORT_3000_TCP_END`]: 'tcp://172.17.0.5:3002',
      [`${alias}_PORT_3000_TCP_PORT_START`]: '3000',
      [`${alias}_PORT_3000_TCP_PORT_END`]: '3002',
      [`${alias}_ENV_PATH`]: '/bin',
      [`${alias}_ENV_npm_config_cache`]: '/cache',
    };
    expect(namesIn(links)).toEqual([]);
  });

  it.each(['VITALS', 'VITALS_DB', 'VITALS_CONTROL_PLANE'])(
    'accepts what Kubernetes sets for the Service %s in every pod of its namespace',
    (service) => {
      const links = {
        [`${service}_SERVICE_HOST`]: '10.0.0.11',
        [`${service}_SERVICE_PORT`]: '3000',
        [`${service}_SERVICE_PORT_HTTP`]: '3000',
        [`${service}_PORT`]: 'tcp://10.0.0.11:3000',
        [`${service}_PORT_3000_TCP`]: 'tcp://10.0.0.11:3000',
        [`${service}_PORT_3000_TCP_PROTO`]: 'tcp',
        [`${service}_PORT_3000_TCP_PORT`]: '3000',
        [`${service}_PORT_3000_TCP_ADDR`]: '10.0.0.11',
      };
      expect(namesIn(links)).toEqual([]);
    },
  );
});
