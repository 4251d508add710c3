import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

/** The built control plane in a process of its own, as `npm start` runs it. */
export class ControlPlaneProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly written: { readonly text: string },
  ) {}

  /** What it has printed so far. */
  get output(): string {
    return this.written.text;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  static async start(environment: Readonly<Record<string, string>>): Promise<ControlPlaneProcess> {
    const child = spawnMain({ PORT: '0', LOG_LEVEL: 'info', VITALS_DRAIN: '0', ...environment });
    const written = textOf(child);
    const url = await new Promise<string>((found, reject) => {
      child.stdout?.on('data', () => {
        const [, told] = /control plane ready at (http:\S+) after/.exec(written.text) ?? [];
        if (told !== undefined) found(told);
      });
      child.once('close', () => reject(new Error(`the control plane ended: ${written.text}`)));
    });
    return new ControlPlaneProcess(child, url, written);
  }

  /** Starts one and signals it at the first line that it writes, long before it is ready. */
  static async signalledAtStart(
    environment: Readonly<Record<string, string>>,
    signal: NodeJS.Signals,
  ): Promise<{ code: number | null; text: string }> {
    const child = spawnMain(environment);
    const written = textOf(child);
    child.stdout?.once('data', () => child.kill(signal));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, text: written.text };
  }

  /** Ends the process as power loss would, if it has not ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = this.exit();
    this.signal(signal);
    return ended;
  }

  /** Asks the process to end, and does not wait for it. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with the exit code, once everything that it wrote was read; `null` after a kill. */
  async exit(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return this.child.exitCode;
  }
}

/** What a control plane prints that cannot start, and its exit code. */
export async function bootFailure(
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; text: string }> {
  const child = spawnMain({ LOG_LEVEL: 'error', ...environment });
  const written = textOf(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text: written.text };
}

/** What a process has written so far. */
function textOf({ stdout, stderr }: ChildProcess): { readonly text: string } {
  const written = { text: '' };
  for (const pipe of [stdout, stderr])
    pipe?.on('data', (chunk: Buffer) => (written.text += chunk.toString()));
  return written;
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
