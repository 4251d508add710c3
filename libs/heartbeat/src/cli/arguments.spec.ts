import { AGENT_SETTINGS } from '@vitals/core/settings';
import { type CliSettings, readArguments } from './arguments.js';

const LEAST = [
  '--name=p1',
  '--control-plane=http://127.0.0.1:3000',
  '--endpoint=http://p1:9000',
  '--service-type=vm',
];

function settingsOf(args: string[], env: NodeJS.ProcessEnv = {}): CliSettings {
  const line = readArguments(args, env);
  if ('settings' in line) return line.settings;
  throw new Error(JSON.stringify(line));
}

function faultsOf(args: string[], env: NodeJS.ProcessEnv = {}): readonly string[] {
  const line = readArguments(args, env);
  return 'faults' in line ? line.faults : [];
}

describe('The command line', () => {
  it('needs a name, a control plane, an endpoint and a service type, and nothing else', () => {
    expect(settingsOf(LEAST)).toEqual({
      agent: {
        name: 'p1',
        controlPlane: ['http://127.0.0.1:3000'],
        register: { endpoint: 'http://p1:9000', service_type: 'vm', schema_version: 'v1' },
      },
      checkEveryMs: 5_000,
      checkTimeoutMs: 5_000,
      isVerbose: false,
    });
  });

  it('says everything that is missing at once', () => {
    expect(faultsOf([])).toEqual([
      '--name: is required, or VITALS_NAME in the environment',
      '--control-plane: is required, or VITALS_CONTROL_PLANE in the environment',
      '--endpoint: is required',
      '--service-type: is required',
    ]);
  });

  it('describes a provider in full', () => {
    const { agent, info } = settingsOf([
      ...LEAST,
      ...'--schema-version v2 --display-name One --zone z1 --region eu --label tier=gold'.split(' '),
      ...'--label note=a=b --operation CREATE --operation DELETE --capability gpu --capability ssd'.split(
        ' ',
      ),
      '--capacity=cpu=4, memory=8GB',
    ]);
    expect(agent.register).toEqual({
      endpoint: 'http://p1:9000',
      service_type: 'vm',
      schema_version: 'v2',
      display_name: 'One',
      operations: ['CREATE', 'DELETE'],
      metadata: { zone: 'z1', region_code: 'eu' },
      labels: { tier: 'gold', note: 'a=b' },
    });
    expect(info).toEqual({ capacity: { cpu: '4', memory: '8GB' }, capabilities: ['gpu', 'ssd'] });
  });

  it('takes from the environment what is not given, and nothing that is empty there', () => {
    const env = {
      VITALS_NAME: 'p2',
      VITALS_CONTROL_PLANE: 'http://a, http://b',
      VITALS_TOKEN: 'own',
      VITALS_TOKEN_FILE: '/run/token',
      VITALS_REGISTRATION_TOKEN: '',
    };
    const rest = LEAST.slice(2);
    expect(settingsOf(rest, env).agent).toMatchObject({
      name: 'p2',
      controlPlane: ['http://a', 'http://b'],
      token: 'own',
      tokenFile: '/run/token',
    });
    const { agent } = settingsOf([...LEAST, '--token', 'given', '--registration-token', 'new'], env);
    expect(agent).toMatchObject({ name: 'p1', token: 'given', registrationToken: 'new' });
    expect(faultsOf(rest, { ...env, VITALS_CONTROL_PLANE: ' , ' })).toHaveLength(1);
  });

  it('refuses a setting that is not one, and shares an environment with a control plane', () => {
    const shared = {
      VITALS_ADMIN_TOKEN: 'a',
      VITALS_HEARTBEAT_INTERVAL: '1s',
      VITALS_PORT: 'tcp://10.0.0.1:1',
    };
    expect(faultsOf(LEAST, shared)).toEqual([]);
    expect(faultsOf(LEAST, { ...shared, VITALS_TOKENFILE: '/run/token' })).toEqual([
      'VITALS_TOKENFILE: is not a setting; did you mean `VITALS_TOKEN_FILE`?',
    ]);
    expect(readArguments(['--help'], { VITALS_TOKENFILE: '/run/token' })).toEqual({ show: 'help' });
  });

  it('reads the settings that the core lists, so that it refuses no name that it reads', () => {
    const names = new Set<string>();
    const env = new Proxy<NodeJS.ProcessEnv>(
      {},
      {
        get: (_target, name) => {
          names.add(String(name));
          return undefined;
        },
      },
    );
    readArguments(LEAST.slice(2), env);
    // told to commands by the agent, and read by nobody
    const read = [...names, 'VITALS_DRAIN_REQUESTED'];
    expect(read.toSorted()).toEqual([...AGENT_SETTINGS]);
  });

  it('takes several control planes', () => {
    const { agent } = settingsOf([...LEAST, '--control-plane', 'http://b']);
    expect(agent.controlPlane).toEqual(['http://127.0.0.1:3000', 'http://b']);
  });

  it.each([
    [['--name=P1'], /^--name: "P1" is not a valid name: use 1 to 253 of a-z/],
    [['--control-plane=localhost'], /^--control-plane: "localhost" is not a valid URL/],
    [['--endpoint=p1:9000'], /^--endpoint: "p1:9000" is not a valid URL; use one such as/],
    [['--label=gold'], /^--label: "gold" must be KEY=VALUE/],
    [['--capacity=cpu=many'], /^--capacity: "many" is not an amount of CPU/],
    [['--capacity=gpu=1'], /^--capacity: there is no resource "gpu"; there are cpu, memory, storage, node/],
    [['--exec=true', '--http=http://p1'], /^--exec, --http: give one of them/],
    [['--http=p1'], /^--http: "p1" is not a valid URL/],
    [['--check-every=often'], /^--check-every: "often" is not a duration: give a number with ms/],
    [['--exec-timeout=0s'], /^--exec-timeout: must be at least 100 ms/],
  ])('refuses %j, and says what to do', (args, message) => {
    expect(faultsOf([...LEAST, ...args])).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    [['--interval=5s'], /^"--interval" is not an option$/],
    [['--toke-file=x'], /^"--toke-file" is not an option; did you mean `--token-file`\?$/],
    [['-q'], /^"-q" is not an option$/],
    [['start'], /Unexpected argument 'start'/],
    [['--name'], /argument missing/],
    [['--verbose=yes'], /does not take an argument/],
  ])('refuses %j, which it does not know', (args, message) => {
    expect(faultsOf([...LEAST, ...args])).toEqual([expect.stringMatching(message)]);
  });

  it('shows help and its version whatever else is wrong', () => {
    expect(readArguments(['--help'], {})).toEqual({ show: 'help' });
    expect(readArguments(['--version', '--name=P'], {})).toEqual({ show: 'version' });
  });
});
