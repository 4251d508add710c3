import { DNS_RECORD_TYPES, HTTP_METHODS } from '@vitals/core/check';
import { HEALTH_FORMATS, HEALTH_KINDS } from '@vitals/core/health';
import { STRATEGIES } from '@vitals/core/placement';
import { CHECK_TYPES } from '../../checks/api/body/check.dto.js';
import { REPORTS } from '../../checks/api/body/report.dto.js';
import { CHECK_STATUSES } from '../../checks/api/check.query.js';
import { LIGHT_CODES } from '../../http/light.error.js';
import { PROBLEM_CODES } from '../../http/problem.js';
import { BUCKET_WIDTHS } from '../../checks/check.rows.js';
import { PHASES } from '../../providers/provider.js';
import type { Schema } from './schema.js';

/**
 * Every enumeration of the API under its name. A schema that has the words of one refers to it, so that generated
 * clients have one type for it, and not one for each place.
 */
export const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  Availability: ['Unknown', 'Available', 'Suspect', 'Unavailable'],
  BucketWidth: BUCKET_WIDTHS,
  CheckOutcome: ['success', 'warning', 'failure', 'denied', 'unjudged'],
  CheckReport: REPORTS,
  CheckSource: ['service', 'api', 'file'],
  CheckStatus: CHECK_STATUSES,
  CheckTransitionState: [...CHECK_STATUSES, 'Removed'],
  CheckType: CHECK_TYPES,
  ComponentStatus: ['OK', 'NOT_OK', 'UNDEFINED'],
  DeclaredKind: ['check', 'provider', 'mass-failure'],
  HealthFormat: HEALTH_FORMATS,
  HealthKind: HEALTH_KINDS,
  HealthState: ['UP', 'DEGRADED', 'DOWN'],
  HttpMethod: HTTP_METHODS,
  LightCode: LIGHT_CODES,
  MassFailureEnd: ['recovery', 'time', 'settled'],
  MassFailureKind: ['provider', 'service'],
  MassFailureScope: ['all', 'zone', 'tag'],
  MassFailureState: ['ongoing', 'ended', 'acknowledged'],
  Phase: PHASES,
  ProblemCode: PROBLEM_CODES,
  ProviderHealthState: ['healthy', 'unhealthy', 'unknown', 'unchecked'],
  RecordType: DNS_RECORD_TYPES,
  ReservationState: ['held', 'confirmed', 'released', 'expired'],
  Severity: ['NA', 'ERROR'],
  Strategy: STRATEGIES,
  Suppression: ['maintenance', 'parent'],
  TokenKind: ['gateway', 'read-only'],
  TransitionKind: ['provider', 'service', 'component', 'check'],
  TransitionState: [
    'Unknown',
    'Available',
    'Unavailable',
    'Pending',
    'Passing',
    'Warning',
    'Critical',
    'Maintenance',
    'Removed',
  ],
  UpDown: ['UP', 'DOWN'],
};

const NAMES = new Map(Object.entries(ENUMERATIONS).map(([name, words]) => [keyOf(words), name]));

/** The same schema, which refers to the enumeration that it has the words of. */
export function named({ type, enum: words, ...rest }: Schema): Schema {
  if (words === undefined) return { ...(type !== undefined && { type }), ...rest };
  const name = NAMES.get(keyOf(words as readonly unknown[]));
  return name === undefined
    ? { type, enum: words, ...rest }
    : { $ref: `#/components/schemas/${name}`, ...rest };
}

/** The enumerations as schemas of their own. */
export function enumerationSchemas(): { readonly name: string; readonly schema: Schema }[] {
  return Object.entries(ENUMERATIONS).map(([name, words]) => ({
    name,
    schema: { type: 'string', enum: words },
  }));
}

function keyOf(words: readonly unknown[]): string {
  return JSON.stringify(words.map(String).toSorted((one, other) => (one < other ? -1 : 1)));
}
