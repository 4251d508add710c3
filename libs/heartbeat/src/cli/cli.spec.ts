import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeControlPlane, problem, until } from '../../test/fake-control-plane.js';
import { FakeTokens, REGISTRATION_TOKEN } from '../../test/fake-tokens.js';
import { runCli } from './cli.js';

let controlPlane: FakeControlPlane;
let folder: string;
let stop: AbortController;
let running: Promise<number>[];
let printed: string;
let reported: string;

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  controlPlane.intervalSeconds = 60;
  folder = mkdtempSync(join(tmpdir(), 'agent-'));
  stop = new AbortController();
  running = [];
  printed = reported = '';
});

afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  rmSync(folder, { recursive: true });
});

function run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const code = runCli(args, {
    env: { PATH: process.env['PATH'], ...env },
    print: (text) => void (printed += text),
    report: (text) => void (reported += text),
    stop: stop.signal,
  });
  running.push(code);
  return code;
}

function start(args: string[] = [], env?: NodeJS.ProcessEnv): Promise<number> {
  const least = [
    '--name=p1',
    '--control-plane',
    controlPlane.url,
    '--endpoint=http://p1',
    '--service-type=vm',
    '--exec-timeout=1m',
  ];
  return run([...least, ...args], env);
}

describe('vitals-agent', () => {
  it('is Ready until it is stopped, says Draining, and ends with 0', async () => {
    const code = start(['--zone=z1', '--capacity=cpu=4']);
    await until(() => controlPlane.infos.length === 1);
    stop.abort();
    expect(await code).toBe(0);
    expect(controlPlane.registrations[0]?.body).toMatchObject({ name: 'p1', metadata: { zone: 'z1' } });
    expect(controlPlane.infos[0]?.body).toMatchObject({ capacity: { cpu: '4' } });
    expect(controlPlane.phases).toEqual(['Ready', 'Draining']);
    expect(reported).toBe('vitals-agent: registered as p1, generation 1\n');
  });

  it('follows the exit code of its command at once, and says why in one line', async () => {
    const script = join(folder, 'check');
    const becomes = (text: string): void => {
      writeFileSync(`${script}.new`, text);
      renameSync(`${script}.new`, script);
    };
    becomes('echo warming up; exit 3');
    void start(['--exec', `sh ${script}`, '--check-every=100ms']);
    await until(() => reported.includes('vitals-agent: Starting: exit code 3: warming up\n'));
    await until(() => controlPlane.phases.at(-1) === 'Starting');
    becomes('exit 0');
    await until(() => controlPlane.phases.at(-1) === 'Ready');
    becomes('exit 5');
    await until(() => controlPlane.phases.at(-1) === 'Maintenance');
    expect(reported).toContain('vitals-agent: Maintenance: exit code 5\n');
  });

  it('is Starting until its command has ended for the first time', async () => {
    const mayEnd = join(folder, 'may-end');
    void start(['--exec', `until [ -e ${mayEnd} ]; do sleep 0.02; done; exit 5`]);
    await until(() => controlPlane.beats.length === 1);
    expect(controlPlane.phases).toEqual(['Starting']);
    writeFileSync(mayEnd, '');
    await until(() => controlPlane.phases.at(-1) === 'Maintenance');
    expect(reported).toBe(
      'vitals-agent: registered as p1, generation 1\nvitals-agent: Maintenance: exit code 5\n',
    );
  });

  it('sends what its info command writes, with what the command line says', async () => {
    const command = `echo '{"capacity":{"cpu":2},"allocated":{"cpu":1}}'`;
    void start(['--info-exec', command, '--capability=gpu', '--capacity=cpu=8']);
    await until(() => controlPlane.infos.length === 1);
    expect(controlPlane.infos[0]?.body).toMatchObject({
      capacity: { cpu: 2 },
      allocated: { cpu: 1 },
      capabilities: ['gpu'],
    });
  });

  it('says once what is wrong with its info command, and beats on', async () => {
    const flag = join(folder, 'flag');
    const flaps = `[ -e ${flag} ] && rm ${flag} || { touch ${flag}; exit 1; }`;
    const runs = join(folder, 'runs');
    const failing = `echo run >> ${runs}; echo no idea; exit 1`;
    void start(['--exec', flaps, '--check-every=100ms', '--info-exec', failing]);
    await until(() => existsSync(runs) && readFileSync(runs, 'utf8').length > 2 * 'run\n'.length);
    expect(reported.match(/warning: info: --info-exec: exit code 1: no idea/g)).toHaveLength(1);
    expect(controlPlane.beats.length).toBeGreaterThan(2);
  });

  it('runs its command for a request to drain, and tells the check of it', async () => {
    controlPlane.intervalSeconds = 1;
    let isAsked = false;
    controlPlane.answer = (request) =>
      request.method === 'PUT' && isAsked
        ? { ...controlPlane.usual(request), headers: { 'vitals-directive': 'drain' } }
        : undefined;
    const seen = join(folder, 'seen');
    const check = `printf "$VITALS_DRAIN_REQUESTED$VITALS_TOKEN" > ${seen}`;
    const args = ['--exec', check, '--check-every=100ms', '--on-drain', 'echo "$VITALS_NAME leaves"'];
    void start(args, { VITALS_TOKEN: 'secret' });
    await until(() => controlPlane.phases.includes('Ready'));
    isAsked = true;
    await until(() => controlPlane.phases.at(-1) === 'Draining');
    await until(() => reported.includes('vitals-agent: --on-drain: exit code 0: p1 leaves\n'));
    await until(() => readFileSync(seen, 'utf8') === '1');
    expect(controlPlane.requests.at(-1)?.headers.authorization).toBe('Bearer secret');
  });

  it('keeps the token that it is issued', async () => {
    new FakeTokens(controlPlane);
    const file = join(folder, 'token');
    void start(['--token-file', file], { VITALS_REGISTRATION_TOKEN: REGISTRATION_TOKEN });
    await until(() => controlPlane.beats.length > 0);
    expect(readFileSync(file, 'utf8')).toBe('token-1\n');
  });

  it('ends with 3 and a loud word when it is refused', async () => {
    controlPlane.answer = () => problem(409, 'provider-id-conflict', 'taken\nby\u001b[31m another');
    expect(await start(['--exec', 'sleep 20'])).toBe(3);
    expect(reported).toMatch(
      /^vitals-agent: error: .*409 taken by \[31m another; run one process for each name\n$/m,
    );
  });

  it('writes every beat only if it is told to', async () => {
    void start(['--verbose']);
    await until(() => controlPlane.beats.length > 0);
    await until(() => /vitals-agent: Ready, acknowledged in \d+ ms/.test(reported));
  });

  it.each([
    [['--name=P'], /--name: "P" is not a valid name[^]*--endpoint: is required[^]*--help" shows/],
    [['--nonsense'], /^vitals-agent: "--nonsense" is not an option\n"vitals-agent --help" shows/],
  ])('ends with 2 for %j, and says what is wrong', async (args, message) => {
    expect([await run(args), printed]).toEqual([2, '']);
    expect(reported).toMatch(message);
  });

  it('ends with 2 for a token that is none, without showing it', async () => {
    expect(await start(['--token', 'two words'])).toBe(2);
    expect(reported).toMatch(/token: a token is one line/);
    expect(reported).not.toMatch(/two words/);
  });

  it('shows help and its version', async () => {
    expect(await run(['--help'])).toBe(0);
    expect(printed).toMatch(/^Usage: vitals-agent --name NAME/);
    printed = '';
    expect(await run(['--version'])).toBe(0);
    expect(printed).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect([reported, controlPlane.requests]).toEqual(['', []]);
  });
});
