import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('The control plane under requests of chance', () => {
  it('fails at none of them, answers all as described, and holds nothing when all is removed', async () => {
    const args = ['test/fuzz/run.js', '--requests', '1500', '--seed', '1'];
    const { stdout } = await run(process.execPath, args).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(stdout).toMatch(/\nno fault\n$/);
  }, 60_000);
});
