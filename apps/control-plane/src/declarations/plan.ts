import { isDeepStrictEqual } from 'node:util';
import type { FieldFault } from '@vitals/core/errors';
import { pointerTo } from '@vitals/core/json';
import { compareText } from '@vitals/core/order';
import { isRecord } from '../http/members.js';
import * as s from '../http/schema.js';

const PlannedItem = s.object('DeclaredThing', 'A check, a provider or a mass failure.', {
  kind: s.oneOf(s.enumeration('DeclaredKind', ['check', 'provider', 'mass-failure']), 'What it is.'),
  id: s.text('The id of the check or of the mass failure, or the name of the provider.'),
});
export type PlannedItem = s.Of<typeof PlannedItem>;

const PlannedCreation = s.object('PlannedNew', 'What is declared, and not there yet.', {
  ...PlannedItem.members,
  summary: s.text('What it is to be, in words.'),
});
export type PlannedCreation = s.Of<typeof PlannedCreation>;

/** One member that is different; what is left out is not there. */
export const FieldChange = s.object(
  'ChangedField',
  'A member that differs; a member that is left out does not exist, and values of headers are not shown, unless they are references.',
  { pointer: s.text('The member, as a JSON Pointer (RFC 6901).') },
  { from: { description: 'What it is.' }, to: { description: 'What is declared.' } },
);
export type FieldChange = s.Of<typeof FieldChange>;

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

/** Does one thing. @throws VitalsError `store-unavailable`, `overloaded`, or why it was refused */
export type Step = () => Promise<unknown>;

/** Steps in their order: all steps of a stage may be done at a time. */
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

  get plan(): Plan {
    const body = {
      create: this.create.toSorted(inOrder),
      change: this.change.toSorted(inOrder),
      remove: this.remove.toSorted(inOrder),
      kept: this.kept.toSorted(inOrder),
      unchanged: this.unchanged,
    };
    return { body, stages: this.stages.filter((stage) => stage.length > 0), faults: this.faults };
  }
}

/** Whether a plan does nothing. */
export function isEmpty({ create, change, remove }: PlanBody): boolean {
  return create.length + change.length + remove.length === 0;
}

function inOrder(a: PlannedItem, b: PlannedItem): number {
  return compareText(a.kind, b.kind) || compareText(a.id, b.id);
}

/**
 * The members in which two values of JSON differ, by their pointers. Objects are compared member by member, lists as
 * a whole; the order of members does not matter.
 */
export function differences(from: unknown, to: unknown, pointer = ''): FieldChange[] {
  if (isRecord(from) && isRecord(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].toSorted();
    return names.flatMap((name) =>
      differences(memberOf(from, name), memberOf(to, name), pointerTo(pointer, name)),
    );
  }
  if (isDeepStrictEqual(asJson(from), asJson(to))) return [];
  return [{ pointer, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

function memberOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The plain value that JSON keeps: without members that are `undefined`, and without classes. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
