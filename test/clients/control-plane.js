import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** The token of the administrator whom the clients are. */
export const TOKEN = 'administrator-of-the-clients';

/**
 * Starts the built control plane on a port of its own, with authentication on.
 * @returns its URL, and how to end it
 */
export async function startControlPlane() {
  const child = spawn(process.execPath, [resolve('apps/control-plane/dist/main.js')], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
      LOG_LEVEL: 'info',
      VITALS_DRAIN: '0',
      VITALS_RATE_LIMIT: '0',
      VITALS_ADMIN_TOKEN: TOKEN,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = await new Promise((found, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const [, told] = /control plane ready at (http:\S+) after/.exec(output) ?? [];
      if (told !== undefined) found(told);
    });
    child.once('exit', () => reject(new Error(`the control plane ended:\n${output}`)));
  });
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { url, stop };
}
