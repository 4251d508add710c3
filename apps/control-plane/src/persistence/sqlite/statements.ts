import type { Change } from '../change.js';
import { checkStatementsOf, type Statement } from './checks/check.statements.js';
import { massFailureStatementsOf } from './mass-failures/mass-failure.statements.js';

const REGISTER = `
  INSERT INTO providers (key, name, id, generation, registration, registered_at, info, token_hash, previous_token_hash)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET
    generation = excluded.generation, registration = excluded.registration, info = excluded.info,
    registered_at = excluded.registered_at, token_hash = excluded.token_hash,
    previous_token_hash = excluded.previous_token_hash, drain_requested = 0`;

const START_LEASE = `
  INSERT INTO leases (key, told_ms, availability, state_since) VALUES (?, 0, 'Unknown', ?)
  ON CONFLICT (key) DO NOTHING`;

const REPORTS = `
  UPDATE leases SET
    phase = r.value ->> 1, reported_at = r.value ->> 2, heard_at = r.value ->> 3, told_ms = r.value ->> 4
  FROM json_each(?) AS r WHERE leases.key = r.value ->> 0`;

const RESERVE = `
  INSERT INTO reservations (id, provider, resources, confirmed, expires_at, expires_passed, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    confirmed = excluded.confirmed, expires_at = excluded.expires_at, expires_passed = excluded.expires_passed`;

/** The statements of a change that records no transition, in order. */
export function statementsOf(
  change: Exclude<Change, { kind: 'transitions' | 'remove' | 'check-transitions' | 'together' }>,
): Statement[] {
  switch (change.kind) {
    case 'register': {
      const { key, registration, id, generation, registeredAtMs, ...credentials } = change.provider;
      const { tokenHash = null, previousTokenHash = null } = credentials;
      const texts = [JSON.stringify(registration), registeredAtMs, JSON.stringify(change.info)];
      const row = [key, registration.name, id, generation, ...texts, tokenHash, previousTokenHash];
      return [
        [REGISTER, row],
        [START_LEASE, [key, registeredAtMs]],
      ];
    }
    case 'credentials': {
      const { tokenHash = null, previousTokenHash = null } = change.credentials;
      const set = 'UPDATE providers SET token_hash = ?, previous_token_hash = ? WHERE key = ?';
      return [[set, [tokenHash, previousTokenHash, change.key]]];
    }
    case 'token-used': {
      const { previousTokenHash = null, key, tokenHash = null } = change;
      const set = 'UPDATE providers SET previous_token_hash = ? WHERE key = ? AND token_hash = ?';
      return [[set, [previousTokenHash, key, tokenHash]]];
    }
    case 'orders': {
      const { cordoned, drainRequested } = change.orders;
      const set = 'UPDATE providers SET cordoned = ?, drain_requested = ? WHERE key = ?';
      return [[set, [cordoned, drainRequested, change.key]]];
    }
    case 'info':
      return [['UPDATE providers SET info = ? WHERE key = ?', [JSON.stringify(change.info), change.key]]];
    case 'reports': {
      const rows = change.reports.map(({ key, ...r }) => [
        key,
        r.phase,
        r.reportedAtMs,
        r.heardAtMs,
        r.advertisedMs,
      ]);
      return [[REPORTS, [JSON.stringify(rows)]]];
    }
    case 'token-given': {
      const { id, kind, names, description, hash, createdAtMs } = change.token;
      const row = [id, kind, JSON.stringify(names), description, hash, createdAtMs];
      return [
        [
          'INSERT INTO tokens (id, kind, names, description, hash, created_at) VALUES (?, ?, ?, ?, ?, ?)',
          row,
        ],
      ];
    }
    case 'token-revoked':
      return [['DELETE FROM tokens WHERE id = ?', [change.id]]];
    case 'reservation': {
      const { id, provider, resources, confirmed, expiresAtMs, createdAtMs } = change.reservation;
      const { expiresPassedMs = null } = change.reservation;
      const ends = [expiresAtMs, expiresPassedMs, createdAtMs];
      return [[RESERVE, [id, provider, JSON.stringify(resources), confirmed, ...ends]]];
    }
    case 'reservation-ended':
      return [['DELETE FROM reservations WHERE id = ?', [change.id]]];
    case 'passed':
    case 'mass-failures':
    case 'settled':
      return massFailureStatementsOf(change);
    case 'service':
    case 'service-removed':
    case 'service-forgotten':
    case 'remembered-aged':
    case 'check':
    case 'check-progress':
    case 'uptime':
    case 'forget-past':
      return checkStatementsOf(change);
    default:
      return change satisfies never;
  }
}
