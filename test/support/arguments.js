import { parseArgs } from 'node:util';

/**
 * Reads the command line of a script. Ends the process with its usage for `--help`, and with exit code 2 and one line
 * for an option that it does not have.
 */
export function readArguments(usage, config) {
  const options = { ...config.options, help: { type: 'boolean', short: 'h' } };
  let line;
  try {
    line = parseArgs({ ...config, options });
  } catch (error) {
    refuseArguments(error.message.split('. ', 1)[0]);
  }
  if (line.values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return line;
}

/** Ends the process: what it was called with is wrong. */
export function refuseArguments(reason) {
  process.stderr.write(`${reason}; --help shows the usage\n`);
  process.exit(2);
}
