import { exchange, type ReplyHead } from '../wire/exchange.js';
import { isPhase, type Phase } from '../wire/provider.js';
import { runCommand } from './command.js';

/** What a check found. */
export interface PhaseFinding {
  readonly phase: Phase;
  /** In one line. */
  readonly why: string;
}

/** Finds out the phase of a provider. Never rejects. */
export type PhaseCheck = (signal: AbortSignal) => Promise<PhaseFinding>;

/** What exit codes say; every other one is `NotReady`. */
const PHASE_BY_EXIT_CODE: ReadonlyMap<number | undefined, Phase> = new Map([
  [0, 'Ready'],
  [1, 'NotReady'],
  [3, 'Starting'],
  [4, 'Draining'],
  [5, 'Maintenance'],
]);

/** The phase from the exit code of a command. */
export function checkByCommand(command: string, timeoutMs: number, env: () => NodeJS.ProcessEnv): PhaseCheck {
  return async (signal) => {
    const { code, summary } = await runCommand(command, { timeoutMs, signal, env: env() });
    return { phase: PHASE_BY_EXIT_CODE.get(code) ?? 'NotReady', why: summary };
  };
}

/**
 * The phase from a URL: `Ready` for 2xx and `NotReady` for anything else, as soon as the status is there, whatever
 * becomes of the body. Only an answer that is JSON is read, for one of the five words in `phase` decides before the
 * status; if it is longer than 64 KiB, or does not come whole within `timeoutMs`, the status decides here, too.
 */
export function checkByHttp(url: URL, timeoutMs: number): PhaseCheck {
  const headers = { accept: 'application/json, */*', 'accept-encoding': 'identity' };
  const wantsBody = ({ headers: { 'content-type': type } }: ReplyHead): boolean => isJson(type);
  return async (signal) => {
    const reply = await exchange({ method: 'GET', url, headers, timeoutMs, signal, wantsBody });
    if (!('headers' in reply)) return { phase: 'NotReady', why: reply.reason };
    const { status, text } = reply;
    const told = readPhase(text);
    if (told) return { phase: told, why: `${status}, phase ${told}` };
    return { phase: status >= 200 && status < 300 ? 'Ready' : 'NotReady', why: `answered ${status}` };
  };
}

function isJson(contentType = ''): boolean {
  return /^\s*application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);
}

function readPhase(text: string): Phase | undefined {
  try {
    const { phase } = JSON.parse(text) as { phase?: unknown };
    return isPhase(phase) ? phase : undefined;
  } catch {
    return undefined;
  }
}
