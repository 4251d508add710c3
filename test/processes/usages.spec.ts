import { execFile } from 'node:child_process';

/** Scripts of package.json that take arguments, and the file that each runs. */
const SCRIPTS = [
  ['bench', 'test/bench/run.js', 'placement-query'],
  ['fuzz', 'test/fuzz/run.js', '--seed'],
  ['demo', 'apps/demo/dist/main.js', 'three providers'],
] as const;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((end) => {
    execFile(process.execPath, args, (error, out, err) =>
      end({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('A command of this repository', () => {
  it.concurrent.each(SCRIPTS)('says its usage, and starts nothing: npm run %s', async (name, file, has) => {
    for (const option of ['--help', '-h']) {
      const { code, out, err } = await run(file, option);
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(new RegExp(`^usage: npm run ${name}`));
      expect(out).toContain(has);
    }
  });

  it.concurrent.each(SCRIPTS)('refuses an unknown option in one line: npm run %s', async (_name, file) => {
    const { code, out, err } = await run(file, '--wat');
    expect([code, out, err]).toEqual([2, '', "Unknown option '--wat'; --help shows the usage\n"]);
  });

  it('refuses what is no benchmark, and what is no number of requests', async () => {
    expect((await run('test/bench/run.js', 'nope')).err).toBe(
      'there is no benchmark nope; --help shows the usage\n',
    );
    expect((await run('test/fuzz/run.js', '--requests', 'many')).err).toBe(
      '--requests must be a whole number; --help shows the usage\n',
    );
  });
});
