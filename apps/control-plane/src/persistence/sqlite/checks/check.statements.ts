import type {
  CheckChange,
  PastLimits,
  RememberedService,
  ServiceNode,
  StoredCheck,
  StoredService,
} from '../../check.change.js';
import { BUCKET_WIDTHS } from '../../check.change.js';

/** A statement and its parameters. */
export type Statement = readonly [statement: string, parameters: readonly unknown[]];

const PUT_SERVICE = `
  INSERT INTO services (key, id, node, registered_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET node = excluded.node, registered_at = excluded.registered_at`;

const FORGET_SERVICE = 'DELETE FROM removed_services WHERE id = ?';

const FORGET_OLDEST = `
  DELETE FROM removed_services WHERE id IN (
    SELECT id FROM removed_services ORDER BY left_ms DESC, removal DESC LIMIT -1 OFFSET ?)`;

const REMEMBER = `
  INSERT INTO removed_services (id, node, registered_at, left_ms) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    node = excluded.node, registered_at = excluded.registered_at, left_ms = excluded.left_ms`;

const PUT_CHECK = `
  INSERT INTO checks (key, id, definition, source, service_key, created_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET definition = excluded.definition, source = excluded.source`;

const START_STATE = `
  INSERT INTO check_states (key, status, state_since) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING`;

const PROGRESS = `
  UPDATE check_states SET progress = p.value ->> 1
  FROM json_each(?) AS p WHERE check_states.key = p.value ->> 0`;

const ADD_UPTIME = `
  INSERT INTO uptime (key, width, start_at, up, warning, down, duration_ms)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
  FROM json_each(?) WHERE EXISTS (SELECT 1 FROM checks WHERE checks.key = value ->> 0)
  ON CONFLICT (key, width, start_at) DO UPDATE SET
    up = up + excluded.up, warning = warning + excluded.warning, down = down + excluded.down,
    duration_ms = duration_ms + excluded.duration_ms`;

/** How many transitions there were by now, so that their age is known whatever the wall clock said. */
const MARK_TRANSITIONS = `
  INSERT OR REPLACE INTO transition_marks (passed, sequence)
  VALUES (?, (SELECT coalesce(max(sequence), 0) FROM transitions))`;

/** The newest transition stays, whatever its age: the numbers go on from it. */
const FORGET_TRANSITIONS = `
  DELETE FROM transitions WHERE sequence <= (SELECT max(sequence) FROM transition_marks WHERE passed <= ?)
    AND sequence < (SELECT max(sequence) FROM transitions)`;

/** The newest of the marks that are old enough says it for all before it. */
const FORGET_MARKS = `
  DELETE FROM transition_marks WHERE passed < (SELECT max(passed) FROM transition_marks WHERE passed <= ?)`;

/** The statements of a change of services and checks that records no transition, in order. */
export function checkStatementsOf(change: Exclude<CheckChange, { kind: 'check-transitions' }>): Statement[] {
  switch (change.kind) {
    case 'service':
      return [
        [PUT_SERVICE, serviceRow(change.service)],
        [FORGET_SERVICE, [nodeId(change.service)]],
      ];
    case 'service-removed':
      return [['DELETE FROM services WHERE key = ?', [change.key]]];
    case 'service-forgotten':
      return [[FORGET_SERVICE, [nodeId(change.node)]]];
    case 'remembered-aged':
      return [
        ['UPDATE removed_services SET left_ms = left_ms - ?', [change.byMs]],
        ['DELETE FROM removed_services WHERE left_ms <= 0', []],
        [FORGET_OLDEST, [change.most]],
      ];
    case 'check':
      return [
        [PUT_CHECK, checkRow(change.check)],
        [START_STATE, [change.check.key, change.begins ?? 'Pending', change.sinceMs]],
      ];
    case 'check-progress': {
      const rows = change.progress.map(({ key, progress }) => [key, JSON.stringify(progress)]);
      return [[PROGRESS, [JSON.stringify(rows)]]];
    }
    case 'uptime': {
      const rows = change.buckets.map((b) => [
        b.key,
        b.width,
        b.startMs,
        b.up,
        b.warning,
        b.down,
        b.durationMs,
      ]);
      return [[ADD_UPTIME, [JSON.stringify(rows)]]];
    }
    case 'forget-past':
      return forgetPast(change.before);
    default:
      return change satisfies never;
  }
}

/** The statement that keeps a node in mind that is being removed. */
export function remember({ service, leftMs }: RememberedService): Statement {
  const [, id, node, registeredAtMs] = serviceRow(service);
  return [REMEMBER, [id, node, registeredAtMs, leftMs]];
}

function serviceRow({ key, registeredAtMs, ...node }: StoredService): unknown[] {
  return [key, nodeId(node), JSON.stringify(node), registeredAtMs];
}

/** Unique for a node, whether it is checked or not. */
function nodeId({ serviceId, tag, protocol, address, port }: ServiceNode): string {
  return JSON.stringify([serviceId, tag ?? null, protocol, address, port]);
}

function checkRow({ key, definition, source, serviceKey, createdAtMs }: StoredCheck): unknown[] {
  return [key, definition.id, JSON.stringify(definition), source, serviceKey ?? null, createdAtMs];
}

function forgetPast({ nowPassedMs, transitionsPassedMs, bucketsMs }: PastLimits): Statement[] {
  const buckets = BUCKET_WIDTHS.map((width): Statement => {
    return ['DELETE FROM uptime WHERE width = ? AND start_at < ?', [width, bucketsMs[width]]];
  });
  return [
    [MARK_TRANSITIONS, [nowPassedMs]],
    [FORGET_TRANSITIONS, [transitionsPassedMs]],
    [FORGET_MARKS, [transitionsPassedMs]],
    ...buckets,
  ];
}
