import type { DataSource } from 'typeorm';
import type { StoredProvider, StoredRegistration } from '../change.js';
import { PROVIDER_ROWS, type ProviderRow, type RegistrationRow, toProvider, toRegistration } from './rows.js';

/** Transitions that are looked through for those that are recent. */
const RECENT = 100_000;
/** Providers read at a time: of the largest registrations, 16 MiB. */
const PAGE = 250;
const NO_CHANGES: readonly number[] = [];

const REGISTRATIONS = `
  SELECT key, registration, id, generation, registered_at AS registeredAt
  FROM providers WHERE key IN (SELECT value FROM json_each(?))`;

const NAME_OF = 'SELECT name FROM providers WHERE id = ?';

/** Reads what is kept of providers; each method is described where the store has it. */
export class ProviderReader {
  constructor(private readonly database: DataSource) {}

  /** @param lastSequence the number of the last transition */
  async *providers(changesSinceMs: number, lastSequence: number): AsyncIterable<readonly StoredProvider[]> {
    const changes = await this.recentChanges(changesSinceMs, lastSequence);
    for (let after = ''; ;) {
      const rows: ProviderRow[] = await this.database.query(PROVIDER_ROWS, [after, PAGE]);
      if (rows.length === 0) return;
      yield rows.map((row) => toProvider(row, changes.get(row.name) ?? NO_CHANGES));
      after = (rows.at(-1) as ProviderRow).name;
    }
  }

  async registrations(keys: readonly number[]): Promise<ReadonlyMap<number, StoredRegistration>> {
    const rows: RegistrationRow[] = await this.database.query(REGISTRATIONS, [JSON.stringify(keys)]);
    return new Map(rows.map((row) => [row.key, toRegistration(row)]));
  }

  async nameOf(id: string): Promise<string | undefined> {
    const [row]: { name: string }[] = await this.database.query(NAME_OF, [id]);
    return row?.name;
  }

  /** When the transitions since then were decided, by provider; first heartbeats do not count. */
  private async recentChanges(sinceMs: number, lastSequence: number): Promise<Map<string, number[]>> {
    const rows: { subject: string; at: number }[] = await this.database.query(
      `SELECT subject, at FROM transitions
       WHERE sequence > ? AND at >= ? AND kind = 'provider'
         AND (from_state, to_state) <> ('Unknown', 'Available') ORDER BY sequence`,
      [lastSequence - RECENT, sinceMs],
    );
    const changes = new Map<string, number[]>();
    for (const { subject, at } of rows) {
      const known = changes.get(subject);
      if (known) known.push(at);
      else changes.set(subject, [at]);
    }
    return changes;
  }
}
