import { execFileSync } from 'node:child_process';
import { until } from '../../test/fake-control-plane.js';
import { runCommand } from './command.js';

const { signal } = new AbortController();

/** Whether any process but a dead one has this in its command line. */
function isRunning(mark: string): boolean {
  const lines = execFileSync('ps', ['-eo', 'stat=,args=']).toString().split('\n');
  return lines.some((line) => line.includes(mark) && !line.startsWith('Z'));
}

/** How many dead children of this process nobody has asked for. */
function zombies(): number {
  const lines = execFileSync('ps', ['-o', 'stat=', '--ppid', String(process.pid)])
    .toString()
    .split('\n');
  return lines.filter((stat) => stat.startsWith('Z')).length;
}

describe('runCommand', () => {
  it.each([
    ['true', 0, 'exit code 0'],
    ['echo one; echo two >&2; exit 7', 7, 'exit code 7: two'],
    ['no-such-command-here', 127, /^exit code 127: .*not found/],
    ['kill -9 $$', undefined, 'ended by SIGKILL'],
  ])('says how %j ended', async (command, code, summary) => {
    const result = await runCommand(command, { timeoutMs: 30_000, signal });
    expect(result.code).toBe(code);
    expect(result.summary).toMatch(summary);
  });

  it('gives what was written, and no more of it than 64 KiB', async () => {
    const { output, code } = await runCommand('printf hello', { timeoutMs: 30_000, signal });
    expect([output, code]).toEqual(['hello', 0]);
    const much = await runCommand('head -c 1000000 /dev/zero | tr "\\0" x; echo end', {
      timeoutMs: 30_000,
      signal,
    });
    expect([much.output.length, much.code]).toEqual([65_536, 0]);
    expect(much.summary.length).toBeLessThan(350);
  });

  it('gives the command the environment that it is given, and no input', async () => {
    const env = { PATH: process.env['PATH'], WORD: 'given' };
    const { output } = await runCommand('cat; printf "$WORD"', { timeoutMs: 30_000, signal, env });
    expect(output).toBe('given');
  });

  it('kills all of a command that takes too long', async () => {
    const mark = `4242${process.pid}`;
    const result = await runCommand(`sleep ${mark} & sleep ${mark}; true`, { timeoutMs: 50, signal });
    expect(result).toMatchObject({ code: undefined, summary: 'took longer than 50 ms' });
    await until(() => !isRunning(mark));
    expect(zombies()).toBe(0);
  });

  it('kills what a command leaves behind, and does not wait for it', async () => {
    const mark = `4343${process.pid}`;
    const result = await runCommand(`sleep ${mark} & exit 3`, { timeoutMs: 30_000, signal });
    expect(result.code).toBe(3);
    await until(() => !isRunning(mark));
  });

  it('does not wait for one who has left its group and holds its output open', async () => {
    const result = await runCommand('setsid sleep 3 & exit 0', { timeoutMs: 30_000, signal });
    expect(result.code).toBe(0);
  });

  it('is ended with whoever asked for it, and does not start once that is over', async () => {
    const over = new AbortController();
    const mark = `4444${process.pid}`;
    const running = runCommand(`sleep ${mark}`, { signal: over.signal });
    await until(() => isRunning(mark));
    over.abort();
    expect(await running).toMatchObject({ code: undefined, summary: 'was ended' });
    expect(await runCommand('true', { signal: over.signal })).toMatchObject({ summary: 'was not started' });
    expect(isRunning(mark)).toBe(false);
  });

  it('says so when it cannot be started', async () => {
    const { code, summary } = await runCommand('x'.repeat(3_000_000), { timeoutMs: 30_000, signal });
    expect([code, summary]).toEqual([undefined, expect.stringMatching(/^could not be started: .*E2BIG/)]);
  });
});
