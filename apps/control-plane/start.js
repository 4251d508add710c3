import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// `npm start`: builds what changed, then runs the control plane, and hands it every signal that asks it to
// end, which a shell between npm and the control plane would keep to itself.
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const root = fileURLToPath(new URL('../..', import.meta.url));
const main = fileURLToPath(new URL('./dist/main.js', import.meta.url));

const built = await run([tsc, '-b', root]);
process.exitCode = built === 0 ? await run([main]) : built;

function run(args) {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, forward);
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.off(signal, forward);
      resolve(code ?? 1);
    });
  });
}
