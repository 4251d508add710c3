import { Injectable } from '@nestjs/common';
import type { RecordedTransition } from '@vitals/core/transition';
import { DataSource } from 'typeorm';
import type { BucketWidth, RememberedService, StoredService, UptimeBucket } from '../../check.change.js';
import { type CheckRecord, CheckStore, type HistoryPage } from '../../check.store.js';
import type { RemovedServiceEntity } from '../../entities/checks/removed-service.entity.js';
import type { ServiceEntity } from '../../entities/checks/service.entity.js';
import type { TransitionEntity } from '../../entities/transition.entity.js';
import { toTransition } from '../rows.js';
import { asStoreError } from '../store.error.js';
import {
  CHECK_ROWS,
  type CheckRow,
  REMOVED_SERVICE_ROWS,
  SERVICE_ROWS,
  toCheckRecord,
  toRemembered,
  toService,
} from './check.rows.js';

/** Rows read at a time. */
const PAGE = 500;

const TRANSITIONS_OF = `
  SELECT sequence, kind, subject, from_state AS "from", to_state AS "to", cause, at, suppressed FROM transitions
  WHERE kind IN ('service', 'check') AND subject = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`;

const UPTIME = `
  SELECT start_at AS startMs, up, warning, down, duration_ms AS durationMs FROM uptime
  WHERE key = ? AND width = ? AND start_at >= ? AND start_at < ? ORDER BY start_at`;

/** Reads services and checks from the SQLite file. */
@Injectable()
export class SqliteCheckStore extends CheckStore {
  constructor(private readonly database: DataSource) {
    super();
  }

  services(): AsyncIterable<readonly StoredService[]> {
    return this.pages<ServiceEntity, StoredService>(SERVICE_ROWS, toService);
  }

  async remembered(): Promise<readonly RememberedService[]> {
    return (await this.query<RemovedServiceEntity>(REMOVED_SERVICE_ROWS, [])).map(toRemembered);
  }

  checks(): AsyncIterable<readonly CheckRecord[]> {
    return this.pages<CheckRow, CheckRecord>(CHECK_ROWS, toCheckRecord);
  }

  async transitionsOf(subject: string, { before, limit }: HistoryPage): Promise<RecordedTransition[]> {
    const below = before ?? Number.MAX_SAFE_INTEGER;
    const rows = await this.query<TransitionEntity>(TRANSITIONS_OF, [subject, below, limit]);
    return rows.map(toTransition);
  }

  uptime(key: number, width: BucketWidth, fromMs: number, toMs: number): Promise<UptimeBucket[]> {
    return this.query<UptimeBucket>(UPTIME, [key, width, fromMs, toMs]);
  }

  private async *pages<Row extends { key: number }, T>(
    statement: string,
    read: (row: Row) => T,
  ): AsyncIterable<readonly T[]> {
    for (let after = 0; ;) {
      const rows = await this.query<Row>(statement, [after, PAGE]);
      if (rows.length === 0) return;
      yield rows.map(read);
      after = (rows.at(-1) as Row).key;
    }
  }

  private async query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.database.query(statement, [...parameters]);
    } catch (error) {
      throw asStoreError(error);
    }
  }
}
