import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Longest wait for a process to end by itself, in milliseconds. */
const FAREWELL_MS = 5_000;

/** The processes of the demo; all of them end with it. */
export class Processes {
  private readonly children: ChildProcess[] = [];

  /** Starts a script of this repository, by its path from here. */
  start(script: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): void {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const child = spawn(process.execPath, [path, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', process.env['DEMO_VERBOSE'] ? 'inherit' : 'ignore', 'inherit'],
    });
    this.children.push(child);
    // also when the demo ends by a fault of its own
    process.on('exit', () => child.kill('SIGKILL'));
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const impatient = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS);
        await ended;
        clearTimeout(impatient);
      }),
    );
  }
}

/** Ports on loopback that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(async (server) => {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const address = server.address();
        return typeof address === 'object' && address ? address.port : 0;
      }),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
