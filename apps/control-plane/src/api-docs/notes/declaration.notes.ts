import type { PlanDto } from '../../declarations/declarations.controller.js';
import type { ProviderHealthQuery } from '../../provider-health/provider-health.controller.js';
import type { MemberNotes } from '../schema/class.schema.js';
import { type Component, ref, text, time } from '../schema/schema.js';

/** A mass failure that a file acknowledges. */
export const DeclaredAcknowledgement: Component<object> = {
  name: 'DeclaredAcknowledgement',
  schema: {
    type: 'object',
    description: 'A mass failure that is acknowledged.',
    required: ['kind', 'began_at'],
    properties: {
      kind: text('What failed.', { enum: ['provider', 'service'] }),
      name: text('The zone or the tag; left out for all.', { minLength: 1, maxLength: 1_000 }),
      began_at: time('As GET /mass-failures answers it.'),
    },
    additionalProperties: false,
  },
};

/** What is said of the members of a document. */
export const PLAN_NOTES: MemberNotes<PlanDto> = {
  checks: {
    items: { $ref: '#/components/schemas/Check' },
    description: 'Each as in the body of POST /checks, with an id.',
  },
  providers: {
    items: { $ref: '#/components/schemas/DeclaredProvider' },
    description: 'Each as in the body of POST /providers, and `cordoned` if that is to be decided.',
  },
  acknowledged_mass_failures: {
    items: ref(DeclaredAcknowledgement),
    description: 'Each with `kind`, `name` (the zone or the tag; left out for all) and `began_at`.',
  },
};

/** What is said of the parameter by which providers are chosen. */
export const STATE_NOTE: Pick<MemberNotes<ProviderHealthQuery>, 'state'> = {
  state: { description: 'What was found when it was last asked.' },
};
