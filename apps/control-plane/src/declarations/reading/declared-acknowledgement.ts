import type { FieldFault } from '@vitals/core/errors';
import { tryParseTimestamp } from '@vitals/core/time';
import { pointerTo } from '@vitals/core/json';
import { invalid } from '../../http/validation.js';
import type { GuardedKind } from '../../mass-failures/mass-failure.rows.js';
import type { DeclaredAcknowledgement } from '../declarations.js';

const KINDS: readonly GuardedKind[] = ['provider', 'service'];
const MEMBERS = ['kind', 'name', 'began_at'];

/**
 * Reads the acknowledgement of a mass failure.
 * @throws VitalsError `request-invalid` with all faults, each with a JSON Pointer into `body`
 */
export function readAcknowledgement(body: unknown): DeclaredAcknowledgement {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ pointer: '', detail: 'must be an object with kind, name and began_at' }]);
  }
  const { kind, name, began_at: beganAt } = body as Record<string, unknown>;
  const faults: FieldFault[] = Object.keys(body)
    .filter((member) => !MEMBERS.includes(member))
    .map((member) => ({
      pointer: pointerTo('', member),
      detail: `is not known here; the members are ${MEMBERS.join(', ')}`,
    }));
  const known = KINDS.find((one) => one === kind);
  if (!known) faults.push({ pointer: '/kind', detail: `must be one of ${KINDS.join(', ')}` });
  const isName = name === undefined || (typeof name === 'string' && name.length > 0 && name.length <= 1_000);
  if (!isName)
    faults.push({ pointer: '/name', detail: 'must be the zone or the tag; leave it out for everything' });
  const beganAtMs = typeof beganAt === 'string' ? tryParseTimestamp(beganAt) : undefined;
  if (beganAtMs === undefined) {
    const detail = 'must be the began_at that GET /mass-failures answers, such as "2026-01-31T10:00:00Z"';
    faults.push({ pointer: '/began_at', detail });
  }
  if (faults.length > 0 || !known || beganAtMs === undefined) throw invalid(faults);
  return { kind: known, zone: name as string | undefined, beganAtMs };
}
