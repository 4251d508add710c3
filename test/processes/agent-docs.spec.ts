import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { HeartbeatAgent } from '@vitals/heartbeat';
import { TestControlPlane, until } from '../support/control-plane.js';
import { SignInPage } from '../support/sign-in-page.js';

const README = 'libs/heartbeat/README.md';
const run = promisify(execFile);

/** Fenced blocks of a page, in order. */
function blocks(language: string, page = 'docs/agent.md'): string[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block as string,
  );
}

/** The settings with which the page starts a control plane that needs tokens. */
function settingsWithTokens(): Record<string, string> {
  const [start = ''] = /^PORT=.*\\\n.*npm start$/m.exec(readFileSync('docs/agent.md', 'utf8')) ?? [];
  const settings = [...start.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]);
  return Object.fromEntries(settings) as Record<string, string>;
}

/** A folder in which commands of a page are run, and a control plane that they talk to. */
class Shell {
  readonly folder = mkdtempSync(join(tmpdir(), 'agent-docs-'));
  private plane: TestControlPlane | undefined;
  private readonly running: ChildProcess[] = [];
  private readonly errors = new Map<ChildProcess, string>();

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
      const script = block.replaceAll(/http:\/\/127\.0\.0\.1:300[01]/g, url);
      const { stdout } = await run('bash', ['-euc', script], { cwd: this.folder, env: { PATH } });
      const told = stdout
        .trim()
        .replaceAll(/"next_interval_seconds":(9|10|11)\b/g, '"next_interval_seconds":10');
      expect(told).toBe(promised);
    }
  }

  /** Starts a shell with this program; ended after the test. */
  runs(program: string, ...args: string[]): ChildProcess {
    const child = spawn('bash', ['-c', program, 'bash', ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.running.push(child);
    this.errors.set(child, '');
    child.stderr?.on('data', (text) => this.errors.set(child, `${this.errorsOf(child)}${text}`));
    return child;
  }

  /** What a program has written to standard error so far. */
  errorsOf(child: ChildProcess): string {
    return this.errors.get(child) ?? '';
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

  it.concurrent('starts a control plane with tokens, and shows calls whose answers are what it says', () =>
    Shell.with(async (shell) => {
      const { PORT, DATABASE_URL, ...tokens } = settingsWithTokens();
      expect([PORT, DATABASE_URL]).toEqual(['3001', 'sqlite::memory:']);
      expect(Object.keys(tokens)).toEqual(['VITALS_ADMIN_TOKEN', 'VITALS_REGISTRATION_TOKEN']);
      const plane = await shell.beside(tokens);
      const [calls = ''] = blocks('sh').filter((block) => block.includes('TOKEN'));
      expect(calls).not.toContain(':3000');
      await shell.expectPromised([calls], plane.url);
      expect(readFileSync(join(shell.folder, 'vm-8.token'), 'utf8')).toMatch(/^[\w.~-]{20,}$/);
      expect(statSync(join(shell.folder, 'vm-8.token')).mode & 0o777).toBe(0o600);
    }),
  );

  it.concurrent('shows calls with tokens that say so where no token is issued', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside();
      const [calls = ''] = blocks('sh').filter((block) => block.includes('TOKEN'));
      await expect(shell.expectPromised([calls], plane.url)).rejects.toThrow(/no token was issued/);
      expect(readFileSync(join(shell.folder, 'vm-8.token'), 'utf8')).toBe('');
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

  it.concurrent.each([[[]], [['vm-9']], [['vm-9', 'http://127.0.0.1:3000', 'more']]])(
    'shows an agent that says its usage when it is called with %j',
    (args) =>
      Shell.with(async (shell) => {
        const called = run('bash', ['-c', blocks('bash').join(''), 'bash', ...args], { cwd: shell.folder });
        await expect(called).rejects.toMatchObject({
          code: 2,
          stderr: 'usage: bash agent.sh NAME CONTROL-PLANE\n',
        });
      }),
  );

  it.concurrent('shows an agent that says once why it is not acknowledged, and once that it is', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside({ VITALS_HEARTBEAT_INTERVAL: '1s' });
      const page = await SignInPage.before(plane.url);
      page.status = 200;
      const agent = shell.runs(blocks('bash').join(''), 'vm-11', `${page.url}/`);
      const said = (): string => shell.errorsOf(agent);
      const isSaid = (text: string): Promise<unknown> =>
        until(
          30_000,
          async () => said(),
          (now) => now.includes(text),
        );
      await isSaid(`vm-11: not acknowledged (200 text/html) by ${page.url}\n`);
      page.status = undefined;
      await isSaid(`vm-11: heartbeats are acknowledged by ${page.url}\n`);
      await page.close();
      await isSaid(`vm-11: not acknowledged (no answer) by ${page.url}\n`);
      expect(said().trim().split('\n')).toHaveLength(3);
    }),
  );

  it.concurrent('shows an agent that says what is wrong with its name', () =>
    Shell.with(async (shell) => {
      const plane = await shell.beside();
      const agent = shell.runs(blocks('bash').join(''), 'VM 12', plane.url);
      await until(
        30_000,
        async () => shell.errorsOf(agent),
        (said) => said.startsWith('VM 12: not acknowledged (422 application/problem+json request-invalid)'),
      );
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
