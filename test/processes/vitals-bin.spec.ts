import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BIN = resolve('apps/control-plane/bin/vitals.js');
const folder = mkdtempSync(join(tmpdir(), 'vitals-bin-'));
const link = join(folder, 'vitals');
symlinkSync(BIN, link);

const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program as a shell does that finds it in its path, through a link. */
function run(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PATH = '' } = process.env;
  return new Promise((end) => {
    execFile(link, args, { cwd: folder, env: { PATH, ...settings } }, (error, out, err) =>
      end({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('The program vitals', () => {
  it.concurrent('says its version and its usage', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    expect((await run(['--help'])).out).toMatch(/^usage: vitals/);
  });

  it.concurrent('checks a configuration, and leaves nothing behind', async () => {
    const right = await run(['--check-config'], { VITALS_APP_ID: 'shop' });
    expect(right).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/VITALS_APP_ID +shop\n/) });
    const wrong = await run(['--check-config'], { PORT: 'x', LOG_LEVEL: 'y' });
    expect(wrong).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^vitals: 2 things are wrong:\n/),
    });
    expect(readdirSync(folder)).toEqual(['vitals']);
  });

  it.concurrent('refuses an unknown option, as does the file that it runs', async () => {
    const program = resolve('apps/control-plane/dist/main.js');
    const direct = new Promise<string>((end) => {
      execFile(process.execPath, [program, '--check-confg'], (_error, _out, err) => end(err));
    });
    const { code, err } = await run(['--check-confg']);
    expect([code, err]).toEqual([1, expect.stringContaining('did you mean `--check-config`?')]);
    expect(await direct).toBe(err);
  });

  it.concurrent('starts a control plane that ends in order at SIGTERM', async () => {
    const { PATH = '' } = process.env;
    const env = { PATH, PORT: '0', DATABASE_URL: 'sqlite::memory:', VITALS_DRAIN: '0' };
    const child = spawn(link, [], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    let output = '';
    const url = await new Promise<string>((found, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const [, told] = /control plane ready at (http:\S+?) after/.exec(output) ?? [];
        if (told !== undefined) found(told);
      });
      child.once('close', () => reject(new Error(output)));
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(204);
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
