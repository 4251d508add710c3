import { DEFAULT_INTERVALS, IntervalPolicy, type Lease, LeaseTable } from '@vitals/core/lease';
import { type ManualClock, RunningClock } from '@vitals/core/time';
import type { Exchange, NoReply, Reply } from '../src/wire/exchange.js';
import { said } from './played-agent.js';

/** How long somebody takes who will not answer in time, in milliseconds. */
export const NEVER_MS = 3_600_000;

/** What comes of a request, and after how many milliseconds. */
export interface Doing {
  readonly afterMs: number;
  readonly reply: Reply | NoReply;
}

/** A page for people. */
export const page = (status: number, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  text: '<html>',
});
/** No answer. */
export const nobody = (reason: string, wasStale = false): NoReply => ({ status: 0, reason, wasStale });

/** What an endpoint may do that is not, or not now, a control plane. */
export const BAD: Readonly<Record<string, Doing | undefined>> = {
  page: { afterMs: 5, reply: page(200) },
  'page with 401': { afterMs: 5, reply: page(401) },
  'page with 503': { afterMs: 5, reply: page(503, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }) },
  redirect: { afterMs: 5, reply: page(302, { location: 'http://portal.invalid/' }) },
  204: { afterMs: 5, reply: { status: 204, headers: {}, text: '' } },
  closed: { afterMs: 1, reply: nobody('connect ECONNREFUSED') },
  reset: { afterMs: 300, reply: nobody('read ECONNRESET', true) },
  'black hole': { afterMs: NEVER_MS, reply: nobody('never') },
  'slow service': { afterMs: 1_900, reply: said(200, { status: 'UP' }) },
  'very slow service': { afterMs: 4_900, reply: said(200, { status: 'UP' }) },
  'busy for long': { afterMs: 5, reply: said(503, { code: 'overloaded' }, { 'retry-after': '600' }) },
  'limited for ever': {
    afterMs: 5,
    reply: said(429, { code: 'rate-limited' }, { 'retry-after': '999999999999' }),
  },
};

/** A control plane that judges one provider by the rule of the leases. */
export class Judge {
  readonly deaths: string[] = [];
  beats = 0;
  private readonly table: LeaseTable;
  private lease: Lease | undefined;
  private generation = 0;

  constructor(clock: ManualClock, baseMs: number) {
    const policy = new IntervalPolicy({ ...DEFAULT_INTERVALS, baseMs }, () => 0.999);
    this.table = new LeaseTable(new RunningClock(clock), policy);
  }

  answer({ method, body = '' }: Exchange): Reply {
    if (method === 'POST') {
      if (this.lease) this.table.registerAgain(this.lease);
      else this.lease = this.table.register('vm-1');
      const { name } = JSON.parse(body) as { name: string };
      return said(200, { name, id: 'id-1', generation: ++this.generation });
    }
    this.beats++;
    const { nextIntervalSeconds } = this.table.renew(this.lease as Lease);
    return said(200, { next_interval_seconds: nextIntervalSeconds });
  }

  /** Looks for silence that has lasted too long. */
  sweep(): void {
    for (const { to, cause } of this.table.sweep(10)) this.deaths.push(`${to}: ${cause}`);
  }
}

/** What an endpoint does, and for how long each. */
export type Turns = readonly (readonly [kind: string, lastsMs: number])[];

/** The turn in which an endpoint is the control plane: all that are, are one. */
export const WELL = 'well';

/** What an endpoint does at these milliseconds. */
export function kindAt(all: Turns, nowMs: number): string {
  let leftMs = nowMs % all.reduce((sum, [, lastsMs]) => sum + lastsMs, 0);
  for (const [what, lastsMs] of all) {
    if (leftMs < lastsMs) return what;
    leftMs -= lastsMs;
  }
  throw new Error('time is in none of the turns');
}
