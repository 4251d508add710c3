import {
  bracketed,
  MAX_MESSAGE,
  placeText,
  type ProbeOutcome,
  type ProbeResult,
  tlsFault,
  tlsMeaning,
} from '@vitals/core/check';
import { cut, redact } from '@vitals/core/health';
import { formatDuration } from '@vitals/core/time';
import { NO_ROOM_FOR_BODY } from './body-buffers.js';
import { ConnectionDenied } from './connector.js';
import type { ProbeRun } from './probe-run.js';

/** What a look at a target found, before it is timed. Its message may be of any length; `spoken` makes it fit. */
export type Finding = Omit<ProbeResult, 'durationMs'>;

const finding =
  (outcome: ProbeOutcome) =>
  (message: string): Finding => ({ outcome, message });

/** Everything is well; the message says what was seen. */
export const success = finding('success');
/** Well for now, but not for long. */
export const warning = finding('warning');
/** The target is not well. */
export const failure = finding('failure');
/** The settings forbid to look. */
export const denied = finding('denied');
/** This process could not look. */
export const unjudged = finding('unjudged');

/** A message without credentials and control characters, at most `MAX_MESSAGE` characters long. */
export function spoken(message: string): string {
  const line = redact(message).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  return line.length <= MAX_MESSAGE ? line : `${cut(line, MAX_MESSAGE - 1)}…`;
}

/** What fails here and not there: this process or this machine has no more of it. */
const LACKING: Readonly<Record<string, string>> = {
  EMFILE: 'this process has no file descriptor left; raise its limit (ulimit -n) or check less often',
  ENFILE: 'this machine has no file descriptor left',
  ENOBUFS: 'this machine has no network buffer left',
  ENOMEM: 'this machine has no memory left for a connection',
  EADDRNOTAVAIL: 'this machine has no free address or port to connect from',
  [NO_ROOM_FOR_BODY]:
    'too many bodies of more than 64 KiB are being read at a time; check less often, or read less (max_body)',
};

/** What the codes of connections mean to a person. */
const SAID: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed by the other side',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network of the host cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  ENOTFOUND: 'the name does not resolve to an address',
  ENODATA: 'the name does not resolve to an address',
  EAI_AGAIN: 'the name could not be resolved: no answer from DNS',
  ESERVFAIL: 'the name could not be resolved: its DNS server fails',
  ETIMEOUT: 'the name could not be resolved: no answer from DNS in time',
};

/** In words what a code of `node:dns`, `node:net` or `node:tls` means; `undefined` for an unknown one. */
export function meaningOf(code: unknown): string | undefined {
  if (typeof code !== 'string') return undefined;
  return (Object.hasOwn(SAID, code) ? SAID[code] : LACKING[code]) ?? tlsMeaning(code);
}

/** What it says of a target that a probe of it failed with an error. */
export function findingOf(error: unknown, run: ProbeRun): Finding {
  if (error instanceof ConnectionDenied) return denied(error.message);
  if (run.isExpired) return failure(`no answer within ${formatDuration(run.timeoutMs)}, while ${run.step}`);
  const { code, message, syscall, address, port } = error as AddressedFault;
  if (typeof code === 'string' && LACKING[code] !== undefined) return unjudged(LACKING[code]);
  // nobody could ask DNS, which is not the fault of the target
  if (code === 'ECONNREFUSED' && syscall?.startsWith('query'))
    return unjudged('the DNS server of this machine refuses the query');
  if (code === undefined && isOwnFault(error))
    return unjudged(`the probe itself failed, which says nothing about the target: ${message}`);
  return failure(
    `${tlsFault(error) ?? meaningOf(code) ?? message ?? String(error)}${placeOf(address, port)}`,
  );
}

function placeOf(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return '';
  return ` (${port === undefined ? bracketed(address) : placeText(address, port)})`;
}

/** What a program throws that has a fault, and no network does. */
function isOwnFault(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}

interface AddressedFault extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}
