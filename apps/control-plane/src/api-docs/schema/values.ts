import { CHECK_STATUSES } from '@vitals/core/check';
import { NAME_PATTERN, PHASES } from '../../providers/provider.js';
import { Excluded, Labels } from './maps.js';
import { flag, ref, type Schema, text } from './schema.js';

/** The name of a provider. */
export const NAME: Schema = { type: 'string', pattern: NAME_PATTERN.source, examples: ['p1'] };

/** What the control plane knows of a provider. */
export const AVAILABILITY: Schema = {
  type: 'string',
  enum: ['Unknown', 'Available', 'Suspect', 'Unavailable'],
  description:
    'Unknown: no heartbeat since registration or restart. Suspect: one heartbeat overdue. Unavailable: the deadline has passed.',
};

/** What a provider says of itself. */
export const PHASE: Schema = { type: 'string', enum: PHASES };

/** Labels. */
export const LABELS: Schema = ref(Labels);

/** What a provider can do besides its service type. */
export const CAPABILITIES: Schema = { type: 'array', items: { type: 'string' } };

/** Why providers were left out. */
export const EXCLUDED: Schema = {
  ...ref(Excluded),
  description: 'Why providers were left out, and how many of them.',
};

/** What a check is shown as. */
export const CHECK_STATUS: Schema = text(
  'Pending: not probed yet. Maintenance: a window is open, and results are recorded only.',
  { enum: CHECK_STATUSES },
);

/** Whether what is known of a check is too old. */
export const CHECK_STALE = flag('Its result or report is overdue, or it is paused.');

/** A duration as text, with an example of one. */
export const duration = (description: string, example: string): Schema =>
  text(description, { pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', examples: [example] });
