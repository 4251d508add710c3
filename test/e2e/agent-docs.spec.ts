import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { HeartbeatAgent } from '@vitals/heartbeat';
import { TestControlPlane, until } from '../support/control-plane.js';
import { SignInPage } from '../support/sign-in-page.js';

const README = 'libs/heartbeat/README.md';
const run = promisify(execFile);
const REGISTRATION = 'registration-token-of-this-test';

/** Fenced blocks of a page, in order. */
function blocks(language: string, page = 'docs/agent.md'): string[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block as string,
  );
}

/** A folder in which commands of a page are run, and a control plane that they talk to. */
class Shell {
  readonly folder = mkdtempSync(join(tmpdir(), 'agent-docs-'));
  private plane: TestControlPlane | undefined;
  private readonly running: ChildProcess[] = [];

  /** Nothing of it is shared: any number of them may be open at once. */
  static async with(test: (shell: Shell) => Promise<void>): Promise<void> {
    const shell = new Shell();
    try {
      await test(shell);
    } finally {
      for (const child of shell.running) child.kill('SIGKILL');
      await shell.plane?.stop();
      rmSync(shell.folder, { recursive: true });
    }
  }

  /** Starts a control plane, which is stopped with everything else. */
  async beside(environment: Readonly<Record<string, string>> = {}): Promise<TestControlPlane> {
    return (this.plane = await TestControlPlane.start(environment));
  }

  /** Runs commands as they stand, and compares what they print with what the page says. */
  async expectPromised(commands: readonly string[], url: string): Promise<void> {
    const { PATH = '' } = process.env;
    for (const block of commands) {
      const promised = [...block.matchAll(/^# → (.*)$/gm)].map(([, line]) => line).join('\n');
      const script = block.replaceAll('http://127.0.0.1:3000', url);
      const env = { PATH, VITALS_REGISTRATION_TOKEN: REGISTRATION };
      const { stdout } = await run('bash', ['-euc', script], { cwd: this.folder, env });
      const told = stdout
        .trim()
        .replaceAll(/"next_interval_seconds":(9|10|11)\b/g, '"next_interval_seconds":10');
      expect(told).toBe(promised);
    }
  }

  /** Starts a shell with this program; ended after the test. */
  runs(program: string, ...args: string[]): ChildProcess {
    const child = spawn('bash', ['-c', program, 'bash', ...args], { cwd: this.folder, stdio: 'ignore' });
    this.running.push(child);
    return child;
  }
}

/** Waits until a provider reports this phase. */
async function reported({ url }: TestControlPlane, name: string, phase: string): Promise<void> {
  const ask = async (): Promise<unknown> => {
    const answer = await fetch(`${url}/providers/${name}/status`);
    return ((await answer.json()) as { phase?: unknown }).phase;
  };
  await until(30_000, ask, (now) => now === phase);
}

describe('The page for providers in any language', () => {
  it.concurrent('shows calls whose answers are what it says', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside();
      await shell.expectPromised(
        blocks('sh').filter((block) => !block.includes('TOKEN')),
        plane.url,
      );
    }),
  );

  it.concurrent('shows calls with tokens whose answers are what it says', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside({
        VITALS_ADMIN_TOKEN: 'admin-token-of-this-test',
        VITALS_REGISTRATION_TOKEN: REGISTRATION,
      });
      await shell.expectPromised(
        blocks('sh').filter((block) => block.includes('TOKEN')),
        plane.url,
      );
    }),
  );

  it.concurrent('shows an agent that is Ready, registers again, and says Draining at its end', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside({ VITALS_HEARTBEAT_INTERVAL: '1s' });
      const agent = shell.runs(blocks('bash').join(''), 'vm-9', plane.url);
      const ended = once(agent, 'exit');
      await reported(plane, 'vm-9', 'Ready');
      await plane.send('DELETE', '/providers/vm-9');
      await reported(plane, 'vm-9', 'Ready');
      writeFileSync(join(shell.folder, 'phase'), 'Maintenance');
      await reported(plane, 'vm-9', 'Maintenance');
      agent.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      await reported(plane, 'vm-9', 'Draining');
    }),
  );
});

describe('The agent of the page for providers in any language', () => {
  it.concurrent('takes a page neither for an acknowledgement nor for a refusal', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside({ VITALS_HEARTBEAT_INTERVAL: '1s' });
      const page = await SignInPage.before(plane.url);
      const shown = async (status: number | undefined): Promise<void> => {
        const before = page.shown;
        page.status = status;
        await until(
          30_000,
          async () => page.shown,
          (now) => status === undefined || now > before + 1,
        );
      };
      page.status = 200;
      const agent = shell.runs(blocks('bash').join(''), 'vm-10', page.url);
      for (const status of [200, 401, 409, 404, undefined]) await shown(status);
      await reported(plane, 'vm-10', 'Ready');
      for (const status of [200, 204, 401, 403, 409, 404]) await shown(status);
      writeFileSync(join(shell.folder, 'phase'), 'Maintenance');
      await shown(undefined);
      await reported(plane, 'vm-10', 'Maintenance');
      expect(agent.exitCode).toBeNull();
      await plane.send('DELETE', '/providers/vm-10');
      await reported(plane, 'vm-10', 'Maintenance');
      await page.close();
    }),
  );
});

describe('The README of the agent', () => {
  it.concurrent('shows a command that is Ready until it is stopped', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside();
      const [command = ''] = blocks('sh', README);
      const program = command
        .replace(
          'npx -p @vitals/heartbeat vitals-agent',
          `exec node ${resolve('libs/heartbeat/bin/vitals-agent.js')}`,
        )
        .replaceAll('http://127.0.0.1:3000', plane.url);
      const agent = shell.runs(program);
      const ended = once(agent, 'exit');
      await reported(plane, 'vm-3', 'Ready');
      agent.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    }),
  );

  it.concurrent('shows an agent without Nest that is Ready until it is stopped', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside();
      const [program = ''] = blocks('ts', README).filter((block) => block.includes('new HeartbeatAgent'));
      const path = join('test', '.examples', 'heartbeat-agent.ts');
      mkdirSync(join('test', '.examples'), { recursive: true });
      writeFileSync(
        path,
        program.replaceAll('http://127.0.0.1:3000', plane.url).replace(/^logAgent.*$/m, ''),
      );
      try {
        const { agent } = (await import(resolve(path))) as { agent: HeartbeatAgent };
        await reported(plane, 'vm-2', 'Ready');
        await agent.stop();
        await reported(plane, 'vm-2', 'Draining');
      } finally {
        rmSync(path, { force: true });
      }
    }),
  );
});
