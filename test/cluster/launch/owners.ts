import { Client } from 'pg';

/** Who took a partition last. */
export interface Owner {
  readonly partition: number;
  /** Of the process; an instance's id has it between its host and a random part. */
  readonly pid: number;
}

const TIMEOUT_MS = 3_000;
const OWNERS = 'SELECT partition::int, instance FROM partitions ORDER BY partition';

/** The owners of all partitions that were taken so far, as the database of a cluster has them. */
export async function ownersIn(databaseUrl: string): Promise<Owner[]> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ partition: number; instance: string }>(OWNERS);
    return rows.map(({ partition, instance }) => ({
      partition,
      pid: Number(/-(\d+)-[^-]*$/.exec(instance)?.[1]),
    }));
  } finally {
    await client.end();
  }
}

/** `instance 1: 0, 3; instance 2: 1, 2`. */
export function describeOwners(owners: readonly Owner[], nameOf: (pid: number) => string): string {
  const byName = new Map<string, number[]>();
  for (const { partition, pid } of owners) {
    const name = nameOf(pid);
    byName.set(name, [...(byName.get(name) ?? []), partition]);
  }
  const parts = [...byName].sort(([one], [other]) => (one < other ? -1 : 1));
  return parts.map(([name, partitions]) => `${name}: ${partitions.join(', ')}`).join('; ') || 'no owners yet';
}
