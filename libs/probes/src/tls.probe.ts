import type { TlsTarget } from '@vitals/core/check';
import { type Clock, formatDuration } from '@vitals/core/time';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Connector } from './connector.js';
import { failure, type Finding, meaningOf, success, warning } from './finding.js';
import type { ProbeRun } from './probe-run.js';

const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;

/** A chain that a server sends is not longer than this; a certificate that issued itself ends it. */
const MAX_CHAIN = 16;

/**
 * Whether the certificate of a server is trusted, and until when: until the first certificate expires of those that the
 * server showed from its own upwards, and of the authority that is trusted. Where nobody has to be trusted, only the
 * dates are looked at, those of an authority that the server showed besides left out: it rests on nothing of that.
 * @throws what `Connector.connect` throws
 */
export async function lookAtTls(
  connector: Connector,
  target: TlsTarget,
  run: ProbeRun,
  clock: Clock,
): Promise<Finding> {
  const { host, port } = target;
  // what is wrong with it is told below, with its dates
  const socket = await run.connect(connector, { host, port, tls: { ...target, verify: false } });
  try {
    return judge(socket as TLSSocket, target, clock.wallMs());
  } finally {
    socket.destroy();
  }
}

function judge(
  socket: TLSSocket,
  { warnBeforeMs, tlsSkipVerify = false }: TlsTarget,
  nowMs: number,
): Finding {
  const relied = reliedOn(socket, !tlsSkipVerify, nowMs);
  if (relied.length === 0) return failure('the server showed no certificate');
  // one that is trusted was found to have dates
  if (tlsSkipVerify && !relied.every(isDated)) return failure('the certificate has a date that is not valid');
  const ends = relied.map(endOf);
  const expired = ends.filter((endMs) => endMs <= nowMs);
  if (expired.length > 0 && (tlsSkipVerify || !socket.authorized))
    return failure(`the certificate expired on ${dateOf(Math.min(...expired))}`);
  if (!tlsSkipVerify && !socket.authorized) return failure(distrust(socket.authorizationError));
  const beginMs = Math.max(...relied.map(({ valid_from }) => Date.parse(valid_from)));
  if (tlsSkipVerify && beginMs > nowMs)
    return failure(`the certificate is not valid yet: it begins on ${dateOf(beginMs)}`);
  // a trusted chain does not rest on what has expired, such as an old root that is still sent
  const expiresMs = Math.min(...ends.filter((endMs) => endMs > nowMs));
  const leftMs = expiresMs - nowMs;
  const trust = socket.authorized ? '' : ', and was not verified';
  const message = `the certificate expires on ${dateOf(expiresMs)}, in ${remaining(leftMs)}${trust}`;
  return leftMs <= warnBeforeMs ? warning(message) : success(message);
}

function isDated({ valid_from: from, valid_to: to }: DetailedPeerCertificate): boolean {
  return !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(to));
}

function dateOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Node.js gives the code where the types have an error. */
function distrust(fault: unknown): string {
  const code = fault instanceof Error ? (fault as NodeJS.ErrnoException).code : String(fault);
  return (
    meaningOf(code) ?? `the certificate is not trusted: ${fault instanceof Error ? fault.message : code}`
  );
}

function remaining(leftMs: number): string {
  if (leftMs >= 2 * MS_PER_DAY) return `${Math.floor(leftMs / MS_PER_DAY)} days`;
  return leftMs >= 2 * MS_PER_HOUR ? `${Math.floor(leftMs / MS_PER_HOUR)} hours` : formatDuration(leftMs);
}

/**
 * The certificate of a server, and those that it rests on: without an old authority that was sent besides and may have
 * expired, or, where nobody has to be trusted, without any authority. Empty if the server showed none.
 */
export function reliedOn(socket: TLSSocket, verify: boolean, nowMs: number): DetailedPeerCertificate[] {
  const leaf = socket.getPeerCertificate(true);
  if (!leaf.valid_to) return [];
  const chain = chainOf(leaf);
  if (!verify) return chain.filter((one) => one === leaf || !isSelfIssued(one));
  return socket.authorized ? chain.filter((one) => one === leaf || endOf(one) > nowMs) : chain;
}

/** When a certificate expires, in epoch milliseconds. */
export function endOf({ valid_to }: DetailedPeerCertificate): number {
  return Date.parse(valid_to);
}

/** Whether a certificate says that it issued itself, as the authorities at the end of chains do. */
function isSelfIssued({ subject, issuer }: DetailedPeerCertificate): boolean {
  return JSON.stringify(subject) === JSON.stringify(issuer);
}

function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain = [leaf];
  for (let next = leaf.issuerCertificate; next && chain.length < MAX_CHAIN; next = next.issuerCertificate) {
    if (chain.some(({ fingerprint256 }) => fingerprint256 === next.fingerprint256)) break;
    chain.push(next);
  }
  return chain;
}
