import { readCommandLine } from './options.js';

describe('The command line of a cluster on this machine', () => {
  it('needs nothing', () => {
    expect(readCommandLine([])).toEqual({
      options: { instances: 3, port: 7069, dataFolder: undefined, restarts: false, forMs: undefined },
    });
  });

  it('takes what is said', () => {
    const args = ['--instances', '5', '--port', '8000', '--data', 'here', '--restart', '--for', '30s'];
    expect(readCommandLine(args)).toEqual({
      options: { instances: 5, port: 8000, dataFolder: 'here', restarts: true, forMs: 30_000 },
    });
  });

  it.each([
    [['--instances', '0'], '--instances: "0" is not a whole number from 1 to 20'],
    [['--port', 'x'], '--port: "x" is not a whole number'],
    [['--for', '30'], '--for: '],
    [['--nothing'], "Unknown option '--nothing'"],
  ])('refuses %j, and shows what there is', (args, fault) => {
    const read = readCommandLine(args);
    expect(read).toMatchObject({ code: 1, text: expect.stringContaining(fault) as string });
    expect(read).toMatchObject({ text: expect.stringContaining('usage: npm run cluster') as string });
  });

  it('shows what there is', () => {
    expect(readCommandLine(['--help'])).toMatchObject({ code: 0 });
  });
});
