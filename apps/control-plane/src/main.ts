import { vitalsCommand } from './cli/vitals.command.js';

const code = await vitalsCommand(process.argv.slice(2), process);
// a control plane that was started goes on, and ends by itself
if (code !== undefined) process.exitCode = code;
