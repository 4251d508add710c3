import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How one control plane of a cluster is run. */
export interface InstanceOptions {
  /** For people, and for its log file. */
  readonly name: string;
  /** On loopback; the same after each start. */
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Called when it ends, whoever ended it. */
  readonly onExit: (instance: Instance, how: string) => void;
}

const READY = 'control plane ready at';
const LOOK_EVERY_MS = 50;
const STOP_WITHIN_MS = 45_000;

/** Processes that run; whatever ends this one ends them. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One control plane in a process of its own, with a fixed port, which can end in all ways and start again. */
export class Instance {
  private child: ChildProcess | undefined;
  /** Further arguments of Node.js, such as `--import` of a module that shifts the clock. */
  nodeArguments: readonly string[] = [];
  /** What differs from the environment of the options, from the next start on. */
  environment: Readonly<Record<string, string>> = {};
  /** The program, in case another version is to run. */
  program = resolve('apps/control-plane/dist/main.js');

  constructor(private readonly options: InstanceOptions) {}

  get name(): string {
    return this.options.name;
  }

  get port(): number {
    return this.options.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get logFile(): string {
    return this.options.logFile;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.child?.pid : undefined;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts the process, without waiting for it to be ready. */
  launch(): void {
    if (this.isRunning) return;
    const { environment, logFile, port } = this.options;
    const { PATH = '', HOME = '' } = process.env;
    const log = openSync(logFile, 'a');
    const own = { HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'info' };
    const child = spawn(process.execPath, [...this.nodeArguments, this.program], {
      env: { PATH, HOME, ...own, ...environment, ...this.environment },
      stdio: ['ignore', log, log],
      // Ctrl-C is for whoever started it, which stops it in its own order
      detached: true,
    });
    closeSync(log);
    this.child = child;
    running.add(child);
    child.once('exit', (code, signal) => {
      running.delete(child);
      this.options.onExit(this, signal ?? `exit code ${code}`);
    });
  }

  /**
   * Starts it, and resolves once it says that it is ready, with the milliseconds that it took.
   * @throws Error with the end of its log if it ends before, or is not ready in time
   */
  async start(withinMs = 120_000): Promise<number> {
    const from = sizeOf(this.logFile);
    const startedMs = performance.now();
    this.launch();
    while (!this.logSince(from).includes(READY)) {
      const isLate = performance.now() - startedMs > withinMs;
      if (!this.isRunning || isLate) {
        const what = isLate ? `is not ready after ${withinMs} ms` : 'ended at its start';
        throw new Error(`${this.name} ${what}; its log ends with:\n${this.logSince(from).slice(-3_000)}`);
      }
      await wait(LOOK_EVERY_MS);
    }
    return performance.now() - startedMs;
  }

  /** Sends a signal, if it runs. */
  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it as a platform would, by SIGTERM; as a crash would if it has not ended by then. @returns its exit code */
  async stop(withinMs = STOP_WITHIN_MS): Promise<number | null> {
    this.signal('SIGCONT');
    const timer = setTimeout(() => this.signal('SIGKILL'), withinMs);
    await this.end('SIGTERM');
    clearTimeout(timer);
    return this.child?.exitCode ?? null;
  }

  /** What it has logged, of all its lives. */
  get log(): string {
    return this.logSince(0);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.child || !this.isRunning) return;
    const ended = once(this.child, 'exit');
    this.signal(signal);
    await ended;
  }

  private logSince(offset: number): string {
    try {
      return readFileSync(this.logFile).subarray(offset).toString();
    } catch {
      return '';
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
