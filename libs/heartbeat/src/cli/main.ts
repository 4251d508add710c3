import { runCli } from './cli.js';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
// whoever reads the log may go away; the provider stays
process.stderr.on('error', () => undefined);

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  print: (text) => void process.stdout.write(text),
  report: (text) => void process.stderr.write(text),
  stop: stop.signal,
});
