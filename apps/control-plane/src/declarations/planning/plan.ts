import type { FieldFault } from '@vitals/core/errors';
import * as s from '../../http/schema.js';
import type { Registration } from '../../persistence/change.js';
import type { DeclaredCheck } from '../declarations.js';
import { FieldChange } from './field-differences.js';

/** What is declared, and by which id or name. */
const PlannedItem = s.object('DeclaredThing', 'A check, a provider or a mass failure.', {
  kind: s.oneOf(s.enumeration('DeclaredKind', ['check', 'provider', 'mass-failure']), 'What it is.'),
  id: s.text('The id of the check or of the mass failure, or the name of the provider.'),
});
export type PlannedItem = s.Of<typeof PlannedItem>;

/** What is new, in words: `tcp 10.0.0.7:5432 every 10s`. */
const PlannedCreation = s.object('PlannedNew', 'What is declared, and not there yet.', {
  ...PlannedItem.members,
  summary: s.text('What it is to be, in words.'),
});
export type PlannedCreation = s.Of<typeof PlannedCreation>;

/** What differs. */
const PlannedChange = s.object('PlannedDifference', 'What is declared otherwise than it is.', {
  ...PlannedItem.members,
  fields: s.listOf(s.ref(FieldChange)),
});
export type PlannedChange = s.Of<typeof PlannedChange>;

/** What would be done, by kind and id. */
export const PlanBody = s.object('DeclarationPlan', 'What a document would change, by kind and id.', {
  create: s.listOf(s.ref(PlannedCreation)),
  change: s.listOf(s.ref(PlannedChange)),
  remove: s.listOf(s.ref(PlannedItem), 'Checks that were declared, and are not any more.'),
  kept: s.listOf(
    s.ref(PlannedChange),
    'Providers that registered themselves otherwise than declared, which stays.',
  ),
  unchanged: s.whole('How many things are as they are declared.', 0),
});
export type PlanBody = s.Of<typeof PlanBody>;

/** One thing to do. */
export type Step =
  | { readonly kind: 'define'; readonly check: DeclaredCheck }
  | { readonly kind: 'remove-check'; readonly id: string }
  | { readonly kind: 'acknowledge'; readonly key: number }
  | { readonly kind: 'register'; readonly registration: Registration }
  | { readonly kind: 'cordon'; readonly name: string; readonly cordoned: boolean };

/** What is to be done, and in which order: all steps of a stage may be done at a time. */
export interface Plan {
  readonly body: PlanBody;
  readonly stages: readonly (readonly Step[])[];
  /** Why nothing of it may be done; each with a JSON Pointer into the document. */
  readonly faults: readonly FieldFault[];
}

/** A plan that is being made. */
export class Draft {
  readonly create: PlannedCreation[] = [];
  readonly change: PlannedChange[] = [];
  readonly remove: PlannedItem[] = [];
  readonly kept: PlannedChange[] = [];
  readonly faults: FieldFault[] = [];
  readonly stages: Step[][] = [];
  unchanged = 0;

  /** The plan as it is now. */
  get plan(): Plan {
    const { unchanged, faults, stages } = this;
    const [create, change, remove, kept] = [
      this.create.toSorted(inOrder),
      this.change.toSorted(inOrder),
      this.remove.toSorted(inOrder),
      this.kept.toSorted(inOrder),
    ];
    return { body: { create, change, remove, kept, unchanged }, stages: stages.filter(hasSteps), faults };
  }
}

/** Whether a plan does nothing. */
export function isEmpty({ create, change, remove }: PlanBody): boolean {
  return create.length + change.length + remove.length === 0;
}

function inOrder(a: PlannedItem, b: PlannedItem): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function hasSteps(stage: readonly Step[]): boolean {
  return stage.length > 0;
}
