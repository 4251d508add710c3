import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { failureReason } from '@vitals/core/health';

/** What came of a command. */
export interface CommandResult {
  /** `undefined` if it was ended, or could not be started. */
  readonly code: number | undefined;
  /** The first 64 KiB of what it wrote to its standard output. */
  readonly output: string;
  /** How it ended, with the last line that it wrote, in one line. */
  readonly summary: string;
}

/** How a command is run. */
export interface CommandOptions {
  /** Without it, the command may take as long as it wants. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

/** More output is read, and dropped, in characters. */
const MAX_OUTPUT = 65_536;
/** The line that is told is looked for in so many of the last characters. */
const MAX_TOLD = 300;
/** Who has left the process group of an ended command may hold its output open for so long, in milliseconds. */
const LEFTOVER_MS = 500;

/**
 * Runs a command line with `/bin/sh`, in a process group of its own. All of the group is killed when the command
 * takes too long, is ended, or leaves somebody behind, so that nothing piles up. Never rejects.
 */
export async function runCommand(command: string, options: CommandOptions): Promise<CommandResult> {
  if (options.signal.aborted) return failed('was not started');
  try {
    const child = spawn('/bin/sh', ['-c', command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env,
    });
    return await outcomeOf(child, options);
  } catch (error) {
    return failed(`could not be started: ${failureReason(error)}`);
  }
}

function failed(summary: string): CommandResult {
  return { code: undefined, output: '', summary };
}

function outcomeOf(child: ChildProcess, { timeoutMs, signal }: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    let ending: string | undefined;
    const end = (why: string) => (): void => {
      ending ??= why;
      killGroup(child);
    };
    const stop = end('was ended');
    const killLast = (): void => killGroup(child);
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(end(`took longer than ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    process.once('exit', killLast);
    const letGo = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      process.off('exit', killLast);
    };
    const written = collect(child);
    child.once('error', (error) => {
      letGo();
      reject(error);
    });
    child.once('exit', () => {
      killGroup(child);
      const closePipes = (): void => [child.stdout, child.stderr].forEach((pipe) => pipe?.destroy());
      const leftover = setTimeout(closePipes, LEFTOVER_MS);
      child.once('close', () => clearTimeout(leftover));
    });
    child.once('close', (exitCode, by) => {
      letGo();
      const code = ending === undefined ? (exitCode ?? undefined) : undefined;
      const how = ending ?? (exitCode === null ? `ended by ${by}` : `exit code ${exitCode}`);
      const line = written.lastLine();
      resolve({ code, output: written.output(), summary: line === '' ? how : `${how}: ${line}` });
    });
  });
}

/** Nobody is there any more, or nobody was: both are well. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    return;
  }
}

function collect({ stdout, stderr }: ChildProcess) {
  let output = '';
  let tail = '';
  for (const pipe of [stdout, stderr]) {
    const decoder = new StringDecoder();
    pipe?.on('data', (chunk: Buffer) => {
      const text = decoder.write(chunk);
      if (pipe === stdout) output = (output + text).slice(0, MAX_OUTPUT);
      tail = (tail + text).slice(-2 * MAX_TOLD);
    });
  }
  const lastLine = (): string => /[^\r\n]*$/.exec(tail.trim())?.[0].slice(0, MAX_TOLD) ?? '';
  return { output: () => output, lastLine };
}
