import type { PlanDto } from '../../declarations/declarations.controller.js';
import type { ProviderHealthQuery } from '../../provider-health/provider-health.controller.js';
import type { MemberNotes } from '../schema/class.schema.js';

/** What is said of the members of a document. */
export const PLAN_NOTES: MemberNotes<PlanDto> = {
  checks: { items: { type: 'object' }, description: 'Each as in the body of POST /checks, with an id.' },
  providers: {
    items: { type: 'object' },
    description: 'Each as in the body of POST /providers, and `cordoned` if that is to be decided.',
  },
  acknowledged_mass_failures: {
    items: { type: 'object' },
    description: 'Each with `kind`, `name` (the zone or the tag; left out for all) and `began_at`.',
  },
};

/** What is said of the parameter by which providers are chosen. */
export const STATE_NOTE: Pick<MemberNotes<ProviderHealthQuery>, 'state'> = {
  state: { description: 'What was found when it was last asked.' },
};
