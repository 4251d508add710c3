import type { FieldFault } from '@vitals/core/errors';
import type { Registration } from '../../providers/provider.rows.js';
import type { DeclaredCheck } from '../declarations.js';
import type { FieldChange } from './field-differences.js';

/** What is declared, and by which id or name. */
export interface PlannedItem {
  readonly kind: 'check' | 'provider' | 'mass-failure';
  readonly id: string;
}

/** What is new, in words: `tcp 10.0.0.7:5432 every 10s`. */
export interface PlannedCreation extends PlannedItem {
  readonly summary: string;
}

/** What differs. */
export interface PlannedChange extends PlannedItem {
  readonly fields: readonly FieldChange[];
}

/** What would be done, by kind and id. Field names are those of the wire. */
export interface PlanBody {
  readonly create: readonly PlannedCreation[];
  readonly change: readonly PlannedChange[];
  readonly remove: readonly PlannedItem[];
  /** Declared otherwise, and left alone: providers that registered themselves. */
  readonly kept: readonly PlannedChange[];
  readonly unchanged: number;
}

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
