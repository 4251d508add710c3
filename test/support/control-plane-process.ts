import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

/** The built control plane in a process of its own, as `npm start` runs it. */
export class ControlPlaneProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  get pid(): number {
    return this.child.pid as number;
  }

  static async start(environment: Readonly<Record<string, string>>): Promise<ControlPlaneProcess> {
    const port = await freePort();
    const child = spawnMain({ PORT: String(port), LOG_LEVEL: 'error', ...environment });
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 200; tries++) {
      if (child.exitCode !== null) throw new Error(`the control plane ended with code ${child.exitCode}`);
      if (
        await fetch(`${url}/healthz`).then(
          ({ status }) => status === 204,
          () => false,
        )
      )
        return new ControlPlaneProcess(child, url);
      await new Promise((resume) => setTimeout(resume, 50));
    }
    throw new Error('the control plane did not become ready within 10 s');
  }

  /** Ends the process as power loss would. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}

/** What a control plane prints that cannot start, and its exit code. */
export async function bootFailure(
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; text: string }> {
  const child = spawnMain({ LOG_LEVEL: 'error', ...environment });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

/** A port on loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

function spawnMain(environment: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [resolve('apps/control-plane/dist/main.js')], {
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
