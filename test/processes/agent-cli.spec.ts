import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TestControlPlane, until } from '../support/control-plane.js';

let plane: TestControlPlane;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  plane = await TestControlPlane.start({ VITALS_HEARTBEAT_INTERVAL: '1s' });
  folder = mkdtempSync(join(tmpdir(), 'agent-'));
});

afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));

afterAll(async () => {
  await plane.stop();
  rmSync(folder, { recursive: true });
});

/** The built command-line agent, in a process of its own. */
class AgentProcess {
  readonly ended: Promise<number | null>;
  errors = '';
  output = '';
  private readonly child: ChildProcess;

  constructor(...args: string[]) {
    const { PATH = '' } = process.env;
    this.child = spawn(process.execPath, [resolve('libs/heartbeat/bin/vitals-agent.js'), ...args], {
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(this.child);
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  signal(name: NodeJS.Signals): Promise<number | null> {
    this.child.kill(name);
    return this.ended;
  }
}

function agentOf(name: string, ...more: string[]): AgentProcess {
  const endpoint = ['--endpoint', 'http://127.0.0.1:9', '--service-type', 'vm'];
  return new AgentProcess('--name', name, '--control-plane', plane.url, ...endpoint, ...more);
}

function phaseOf(name: string, phase: string): Promise<unknown> {
  return until(
    30_000,
    async () => (await plane.send('GET', `/providers/${name}/status`)).body['phase'],
    (now) => now === phase,
  );
}

describe('vitals-agent, as a process', () => {
  it('reports what its command finds, and Draining when it is stopped', async () => {
    const check = join(folder, 'check.sh');
    writeFileSync(check, 'exit 1');
    const agent = agentOf('p1', '--exec', `sh ${check}`, '--check-every', '200ms', '--capacity', 'cpu=4');
    await phaseOf('p1', 'NotReady');
    writeFileSync(check, 'exit 0');
    await phaseOf('p1', 'Ready');
    const { body } = await plane.send('GET', '/placement/candidates?cpu=4');
    expect(body).toMatchObject({ candidates: [{ name: 'p1' }] });
    expect(await agent.signal('SIGTERM')).toBe(0);
    await phaseOf('p1', 'Draining');
    expect(agent.errors).toContain('vitals-agent: registered as p1, generation 1\n');
  });

  it('reports what a URL says', async () => {
    const agent = agentOf('p2', '--http', `${plane.url}/healthz`, '--check-every', '200ms');
    await phaseOf('p2', 'Ready');
    expect(await agent.signal('SIGINT')).toBe(0);
  });

  it('ends with 3 when another process registers as it', async () => {
    const older = agentOf('p3');
    await phaseOf('p3', 'Ready');
    const newer = agentOf('p3');
    expect(await older.ended).toBe(3);
    const refused = `the control plane refuses this provider, heartbeats have stopped: ${plane.url}`;
    const why = 'p3 is at generation 2, this heartbeat is of generation 1';
    const advice = 'another process has registered under the name since; run one process for each name';
    expect(older.errors.split('\n').at(-2)).toBe(`vitals-agent: error: ${refused}: 409 ${why}: ${advice}`);
    expect(await newer.signal('SIGTERM')).toBe(0);
  });

  it('ends with 2 and says what is missing', async () => {
    const agent = new AgentProcess('--name', 'p4');
    expect(await agent.ended).toBe(2);
    expect([agent.output, agent.errors]).toEqual(['', expect.stringContaining('--endpoint: is required')]);
  });

  it('shows help on its standard output', async () => {
    const agent = new AgentProcess('--help');
    expect(await agent.ended).toBe(0);
    expect([agent.output, agent.errors]).toEqual([expect.stringMatching(/^Usage: vitals-agent/), '']);
  });
});
