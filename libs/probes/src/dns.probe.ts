import { type DnsRecordType, type DnsTarget, placeText, recordsFault, recordsOf } from '@vitals/core/check';
import { Resolver } from 'node:dns/promises';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Connector } from './connector.js';
import { failure, type Finding, success, unjudged } from './finding.js';
import type { ProbeRun } from './probe-run.js';

/** How often a question is asked, of the same server again or of the next one. */
const TRIES = 3;
/** The part of the timeout after which a server that is silent is asked again, or the next one is. */
const PATIENCE = 1 / 4;
const MIN_PATIENCE_MS = 50;

/** Of a server by name, so many addresses are asked. */
const MAX_ADDRESSES = 3;

/** What an answer without records, or no answer, says of a name. */
const SAID: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not exist (NXDOMAIN)',
  ESERVFAIL: 'the DNS server fails for the name (SERVFAIL)',
  EREFUSED: 'the DNS server refuses to answer (REFUSED)',
  ENOTIMP: 'the DNS server does not know such questions (NOTIMP)',
  EBADNAME: 'that is not a name that DNS can have',
  EFORMERR: 'the DNS server does not understand the question (FORMERR)',
  EBADRESP: 'the DNS server answers with what is not a DNS message',
  ETIMEOUT: 'no answer from DNS in time',
};

/** What says that the resolvers of this machine cannot be asked: of the name, it says nothing. */
const NOBODY_TO_ASK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no DNS server of this machine can be reached: the connection was refused',
  EREFUSED: 'the DNS server of this machine refuses the query (REFUSED)',
};

/**
 * Whether a name has the records that it has to have. Each look asks anew: nothing is cached here, though a server that
 * asks others may. A server that is named is guarded as every other target is, and is asked at an address that was judged.
 */
export class DnsProbe {
  /**
   * @param resolvers whom to ask where a target names no server; default those of the system
   * @param assertDescriptor throws the error of `node:fs` where this process has no descriptor left
   */
  constructor(
    private readonly connector: Connector,
    private readonly resolvers?: readonly string[],
    private readonly assertDescriptor: () => void = openOne,
  ) {}

  /** @throws what `Connector.addressesOf` throws, and the signal's reason */
  async look(target: DnsTarget, run: ProbeRun): Promise<Finding> {
    const timeout = Math.max(MIN_PATIENCE_MS, Math.ceil(run.timeoutMs * PATIENCE));
    const resolver = new Resolver({ timeout, tries: TRIES });
    const { server } = target;
    if (server) {
      run.step = 'resolving the name';
      const addresses = (await this.connector.addressesOf(server.host, run.signal)).slice(0, MAX_ADDRESSES);
      resolver.setServers(addresses.map((address) => placeText(address, server.port)));
    } else if (this.resolvers) resolver.setServers(this.resolvers);
    run.step = 'waiting for the answer';
    return this.ask(resolver, target, run.signal);
  }

  private async ask(resolver: Resolver, target: DnsTarget, signal: AbortSignal): Promise<Finding> {
    try {
      return judge(await resolveRecords(resolver, target.name, target.record, signal), target);
    } catch (error) {
      signal.throwIfAborted();
      // what c-ares says too where no socket could be opened
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') this.assertDescriptor();
      return faultOf(error as NodeJS.ErrnoException, target);
    }
  }
}

/**
 * The records of a name in their one form, in order; the resolver is asked nothing else meanwhile.
 * @throws the error of `node:dns`, also when the signal fires; the signal's reason if it fired before
 */
export async function resolveRecords(
  resolver: Resolver,
  name: string,
  type: DnsRecordType,
  signal: AbortSignal,
): Promise<string[]> {
  const cancel = (): void => resolver.cancel();
  signal.throwIfAborted();
  signal.addEventListener('abort', cancel);
  try {
    return recordsOf(type, await resolver.resolve(name, type));
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function judge(records: readonly string[], target: DnsTarget): Finding {
  if (records.length === 0) return failure(absent(target));
  const fault = recordsFault(records, target);
  const told = records.join(', ');
  return fault === undefined
    ? success(`${target.record} is ${told}`)
    : failure(`${target.record} ${fault}; it is ${told}`);
}

function faultOf(error: NodeJS.ErrnoException, target: DnsTarget): Finding {
  const { code = '', syscall } = error;
  if (!syscall?.startsWith('query')) throw error;
  if (code === 'ENODATA') return failure(absent(target));
  const { server } = target;
  const nobody = server ? undefined : NOBODY_TO_ASK[code];
  if (nobody !== undefined) return unjudged(nobody);
  const place = server ? ` (${placeText(server.host, server.port)})` : '';
  if (code === 'ECONNREFUSED')
    return failure(`nobody answers there, over UDP or, where the answer is long, over TCP${place}`);
  return failure(`${SAID[code] ?? error.message}${place}`);
}

function absent({ record }: DnsTarget): string {
  return `the name exists, and has no ${record} record (NODATA)`;
}

function openOne(): void {
  closeSync(openSync(devNull, 'r'));
}
