import { setTimeout as wait } from 'node:timers/promises';
import type { LocalCluster } from './cluster.js';
import { describeOwners, ownersIn } from './owners.js';

/** A decision of the cluster, as `GET /transitions` has it. */
export interface Transition {
  readonly sequence: number;
  readonly kind: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  readonly at: string;
}

const EVERY_MS = 1_000;
const TIMEOUT_MS = 3_000;

/** Tells what happens in a cluster: transitions by its own API, owners of partitions by its database. */
export class Observer {
  private readonly stopping = new AbortController();
  private since = 0;
  private owners = '';
  private readonly faults = new Map<string, string>();

  constructor(
    private readonly cluster: LocalCluster,
    private readonly authorization: string | undefined,
    private readonly tell: (line: string) => void,
  ) {}

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.look('transitions', () => this.tellTransitions());
      await this.look('owners of partitions', () => this.tellOwners());
      await wait(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  /** What cannot be read now is told once, and read later. */
  private async look(what: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.faults.delete(what);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.faults.get(what) && !this.stopping.signal.aborted)
        this.tell(`the ${what} cannot be read now: ${message}`);
      this.faults.set(what, message);
    }
  }

  private async tellTransitions(): Promise<void> {
    for (const { sequence, kind, subject, from, to, cause } of await this.transitions())
      this.tell(`#${sequence} ${kind} ${subject}: ${from} → ${to} (${cause})`);
  }

  private async transitions(): Promise<readonly Transition[]> {
    const response = await fetch(`${this.cluster.url}/transitions?limit=1000&since=${this.since}`, {
      headers: this.authorization === undefined ? {} : { authorization: this.authorization },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`GET /transitions answers ${response.status}`);
    const page = (await response.json()) as { transitions: Transition[]; next_since: number };
    this.since = page.next_since;
    return page.transitions;
  }

  private async tellOwners(): Promise<void> {
    const told = describeOwners(await ownersIn(this.cluster.databaseUrl), (pid) => this.nameOf(pid));
    if (told !== this.owners) this.tell(`partitions: ${told}`);
    this.owners = told;
  }

  private nameOf(pid: number): string {
    return (
      this.cluster.instances.find((instance) => instance.pid === pid)?.name ?? `one that ended (pid ${pid})`
    );
  }
}
