import type {
  FieldChange,
  PlanBody,
  PlannedChange,
  PlannedCreation,
  PlannedItem,
} from '../../declarations/plan.js';
import { component, listOf, type Members, ref, text, whole } from '../schema/schema.js';

const ITEM: Members<PlannedItem> = {
  kind: text('What it is.', { enum: ['check', 'provider', 'mass-failure'] }),
  id: text('The id of the check or of the mass failure, or the name of the provider.'),
};

/** `PlannedItem`. */
export const DeclaredThing = component<PlannedItem>(
  'DeclaredThing',
  'A check, a provider or a mass failure.',
  ITEM,
  {},
);

/** `PlannedCreation`. */
export const PlannedNew = component<PlannedCreation>(
  'PlannedNew',
  'What is declared, and not there yet.',
  { ...ITEM, summary: text('What it is to be, in words.') },
  {},
);

/** `FieldChange`. */
export const ChangedField = component<FieldChange>(
  'ChangedField',
  'A member that differs; a member that is left out does not exist, and values of headers are not shown, unless they are references.',
  { pointer: text('The member, as a JSON Pointer (RFC 6901).') },
  { from: { description: 'What it is.' }, to: { description: 'What is declared.' } },
);

/** `PlannedChange`. */
export const PlannedDifference = component<PlannedChange>(
  'PlannedDifference',
  'What is declared otherwise than it is.',
  { ...ITEM, fields: listOf(ref(ChangedField)) },
  {},
);

/** `PlanBody`. */
export const DeclarationPlan = component<PlanBody>(
  'DeclarationPlan',
  'What a document would change, by kind and id.',
  {
    create: listOf(ref(PlannedNew)),
    change: listOf(ref(PlannedDifference)),
    remove: listOf(ref(DeclaredThing), 'Checks that were declared, and are not any more.'),
    kept: listOf(
      ref(PlannedDifference),
      'Providers that registered themselves otherwise than declared, which stays.',
    ),
    unchanged: whole('How many things are as they are declared.', { minimum: 0 }),
  },
  {},
);
