import type { CheckDefinition, CheckStatus } from '@vitals/core/check';
import type { CheckSource, RememberedService, StoredProgress, StoredService } from '../../check.change.js';
import type { CheckRecord } from '../../check.store.js';
import type { CheckEntity } from '../../entities/checks/check.entity.js';
import type { CheckStateEntity } from '../../entities/checks/check-state.entity.js';
import type { RemovedServiceEntity } from '../../entities/checks/removed-service.entity.js';
import type { ServiceEntity } from '../../entities/checks/service.entity.js';

/** A check and its state in one row; columns carry the names of the entities' members. */
export type CheckRow = CheckEntity & CheckStateEntity;

/** Selects checks with their states as `CheckRow`s: those after a key, up to a number of them. */
export const CHECK_ROWS = `
  SELECT c.key, c.id, c.definition, c.source, c.service_key AS serviceKey, c.created_at AS createdAt,
    s.status, s.state_since AS stateSince, s.progress
  FROM checks c JOIN check_states s ON s.key = c.key WHERE c.key > ? ORDER BY c.key LIMIT ?`;

/** Selects services as rows: those after a key, up to a number of them. */
export const SERVICE_ROWS = `
  SELECT key, id, node, registered_at AS registeredAt FROM services WHERE key > ? ORDER BY key LIMIT ?`;

/** Selects removed services as rows, those first that were removed first. */
export const REMOVED_SERVICE_ROWS = `
  SELECT removal, id, node, registered_at AS registeredAt, left_ms AS leftMs FROM removed_services
  ORDER BY left_ms, removal`;

export function toService({ key, node, registeredAt }: ServiceEntity): StoredService {
  return { ...(JSON.parse(node) as StoredService), key, registeredAtMs: registeredAt };
}

export function toRemembered({ node, registeredAt, leftMs }: RemovedServiceEntity): RememberedService {
  const service = { ...(JSON.parse(node) as StoredService), key: 0, registeredAtMs: registeredAt };
  return { service, leftMs };
}

export function toCheckRecord(row: CheckRow): CheckRecord {
  return {
    check: {
      key: row.key,
      definition: JSON.parse(row.definition) as CheckDefinition,
      source: row.source as CheckSource,
      serviceKey: row.serviceKey ?? undefined,
      createdAtMs: row.createdAt,
    },
    state: {
      key: row.key,
      status: row.status as CheckStatus,
      sinceMs: row.stateSince,
      progress: row.progress === null ? undefined : (JSON.parse(row.progress) as StoredProgress),
    },
  };
}
