import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How a service is run. */
export interface ServiceOptions {
  /** For people. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** A folder of its own, which is removed when the service is. */
  readonly folder: string;
  /** The port on loopback that it listens on once it is ready. */
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Who it runs as, where that is not who runs the tests. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** How long it may take to listen, in milliseconds; default 20 s. */
  readonly startWithinMs?: number;
  /** Whether the folder is left when the service is removed. */
  readonly isKept?: boolean;
  /** Whether Ctrl-C on the terminal leaves it alone, for whoever started it to end it in its own order. */
  readonly isDetached?: boolean;
}

/** Where a service that outlives its tests has its data, and how it is ended. */
export type ServicePlace = Partial<Pick<ServiceOptions, 'folder' | 'port' | 'isKept' | 'isDetached'>>;

const DEFAULT_START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 10_000;
const LOG_FILE = 'service.log';

/** A server that tests start, hang, end and start again; all of its processes are ended with it. */
export class Service {
  private child: ChildProcess | undefined;

  constructor(private readonly options: ServiceOptions) {
    process.once('exit', () => this.child?.kill('SIGKILL'));
  }

  get port(): number {
    return this.options.port;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Whether its oldest process has not ended. */
  get isRunning(): boolean {
    return this.child !== undefined && isRunning(this.child);
  }

  /** Resolves once it listens; rejects with the end of its log if it does not. */
  async start(): Promise<this> {
    const { command, args, folder, environment, user, port, startWithinMs, isDetached } = this.options;
    const log = openSync(join(folder, LOG_FILE), 'a');
    const { PATH = '', HOME = folder } = process.env;
    const child = spawn(command, args, {
      cwd: folder,
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', log, log],
      detached: isDetached ?? false,
      ...user,
    });
    closeSync(log);
    this.child = child;
    let failure: Error | undefined;
    child.on('error', (error) => (failure = error));
    const deadlineMs = performance.now() + (startWithinMs ?? DEFAULT_START_WITHIN_MS);
    while (!(await listens(port))) {
      if (failure) throw failure;
      if (child.exitCode !== null || performance.now() > deadlineMs) throw new Error(this.startFailure());
      await wait(50);
    }
    return this;
  }

  /** Makes it hang: its connections stay open, and nothing is answered. Resolves once no thread runs any more. */
  async hang(): Promise<void> {
    this.signal('SIGSTOP');
    while (!this.processes().every(isStopped)) await wait(10);
  }

  /** Ends what `hang` began. */
  resume(): void {
    this.signal('SIGCONT');
  }

  /** Ends it as a crash would; it may be started again. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || !isRunning(child)) return;
    const ended = once(child, 'exit');
    this.signal('SIGKILL');
    await ended;
  }

  /** Asks it to end by a signal to its oldest process, and ends it as a crash would if it has not within 10 s. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || !isRunning(child)) return;
    const ended = once(child, 'exit');
    this.resume();
    child.kill(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  /** Ends it and removes its folder, unless that is kept. */
  async remove(): Promise<void> {
    await this.kill();
    if (this.options.isKept) return;
    rmSync(this.options.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private processes(): number[] {
    const pid = this.child?.pid;
    return pid === undefined ? [] : processTree(pid);
  }

  private signal(signal: NodeJS.Signals): void {
    for (const each of this.processes()) {
      try {
        process.kill(each, signal);
      } catch {
        // it has ended meanwhile
      }
    }
  }

  private startFailure(): string {
    const log = readFileSync(join(this.options.folder, LOG_FILE), 'utf8');
    return `${this.options.name} did not listen on port ${this.port}; its log ends with:\n${log.slice(-2_000)}`;
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** A process and all that it started, the oldest first. */
function processTree(root: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const tree = [root];
  for (const pid of tree)
    tree.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  return tree;
}

/** Stopped by a signal, or ended. */
function isStopped(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() === '' || /^[TZ]/.test(stdout);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
