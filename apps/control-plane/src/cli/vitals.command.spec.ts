import { vitalsCommand } from './vitals.command.js';

async function run(...args: string[]): Promise<{ code: number | undefined; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await vitalsCommand(args, {
    env: {},
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
  });
  return { code, ...written };
}

describe('A command line of vitals', () => {
  it.each([['--help'], ['-h'], ['help'], ['start', '--help']])(
    'shows all commands for %s %s',
    async (...args) => {
      const { code, out } = await run(...args);
      expect(code).toBe(0);
      for (const name of ['start', 'backup', 'plan', '--check-config', '--version'])
        expect(out).toContain(name);
    },
  );

  it.each([['--version'], ['-v']])('shows the version for %s', async (option) => {
    expect(await run(option)).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
  });

  it.each([
    [
      ['--chekc-config'],
      'vitals: "--chekc-config" is not an option; did you mean `--check-config`? Settings are ',
    ],
    [['--versoin'], 'vitals: "--versoin" is not an option; did you mean `--version`?'],
    [['--check-config', '--verson'], 'vitals: "--verson" is not an option; did you mean `--version`?'],
    [['start', '--hepl'], 'vitals: "--hepl" is not an option; did you mean `--help`?'],
    [['backpu'], 'vitals: "backpu" is not a command; did you mean `backup`?'],
    [['strat'], 'vitals: "strat" is not a command; did you mean `start`?'],
    [['toString'], 'vitals: "toString" is not a command; "vitals --help" shows what there is'],
    [['start', 'now'], 'vitals: "now" is not a command; "vitals --help" shows what there is'],
    [[''], 'vitals: "" is not a command; "vitals --help" shows what there is'],
  ])('refuses %j, and starts nothing', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err.startsWith(message)).toBe(true);
  });

  it('says for an unknown option where settings come from, and does not repeat its value', async () => {
    const { err } = await run('--admin-token=one-that-nobody-may-read');
    expect(err).toMatch(/ what there is\. Settings are environment variables, such as PORT=8080 vitals\.\n$/);
    expect(err).not.toContain('one-that-nobody-may-read');
  });

  it.each([
    ['backup', '--tokn', '--token'],
    ['plan', '--control-plan', '--control-plane'],
  ])('names for %s the option that %s is close to', async (command, given, nearest) => {
    const { code, err } = await run(command, given, 'x');
    expect([code, err]).toEqual([
      1,
      `vitals ${command}: "${given}" is not an option; did you mean \`${nearest}\`?\n`,
    ]);
  });
});
