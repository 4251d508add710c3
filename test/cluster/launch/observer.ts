import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import type { LocalCluster } from './cluster.js';

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
const OWNERS = 'SELECT partition::int, instance FROM partitions ORDER BY partition';

/** Tells what happens in a cluster: transitions by its own API, owners of partitions by its database. */
export class Observer {
  private readonly stopping = new AbortController();
  private since = 0;
  private owners = '';
  private fault = '';

  constructor(
    private readonly cluster: LocalCluster,
    private readonly authorization: string | undefined,
    private readonly tell: (line: string) => void,
  ) {}

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.look(() => this.tellTransitions());
      await this.look(() => this.tellOwners());
      await wait(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  /** What cannot be read now is told once, and read later. */
  private async look(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.fault = '';
    } catch (error) {
      const fault = (error as Error).message;
      if (fault !== this.fault && !this.stopping.signal.aborted) this.tell(`cannot be read now: ${fault}`);
      this.fault = fault;
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
    const client = new Client({ connectionString: this.cluster.databaseUrl, connectionTimeoutMillis: TIMEOUT_MS });
    await client.connect();
    const { rows } = await client
      .query<{ partition: number; instance: string }>(OWNERS)
      .finally(() => client.end());
    const told = describeOwners(rows, (instance) => this.nameOf(instance));
    if (told !== this.owners) this.tell(`partitions: ${told}`);
    this.owners = told;
  }

  /** The id of an instance has its process id between its host and a random part. */
  private nameOf(id: string): string {
    const pid = Number(/-(\d+)-[^-]*$/.exec(id)?.[1]);
    return this.cluster.instances.find((instance) => instance.pid === pid)?.name ?? `one that ended (pid ${pid})`;
  }
}

/** `instance 1: 0, 3; instance 2: 1, 2`. */
export function describeOwners(
  rows: readonly { readonly partition: number; readonly instance: string }[],
  nameOf: (instance: string) => string,
): string {
  const byName = new Map<string, number[]>();
  for (const { partition, instance } of rows) {
    const name = nameOf(instance);
    byName.set(name, [...(byName.get(name) ?? []), partition]);
  }
  const parts = [...byName].sort(([one], [other]) => (one < other ? -1 : 1));
  return parts.map(([name, partitions]) => `${name}: ${partitions.join(', ')}`).join('; ') || 'no owners yet';
}
