import type { FieldFault } from '@vitals/core/errors';
import type { PlanBody } from '../planning/plan.js';

type Members = Readonly<Record<string, unknown>>;

/** Whether this is a plan in all that is shown of it. */
export function isPlan(body: unknown): body is PlanBody {
  if (!isObject(body)) return false;
  const { create, change, remove, kept, unchanged } = body;
  return (
    Number.isSafeInteger(unchanged) &&
    isListOf(create, (one) => isItem(one) && isText(one['summary'])) &&
    isListOf(remove, isItem) &&
    isListOf(change, isChange) &&
    isListOf(kept, isChange)
  );
}

/** Whether these are faults of a document, and at least one. */
export function isFaults(errors: unknown): errors is readonly FieldFault[] {
  return isListOf(errors, (one) => isText(one['pointer']) && isText(one['detail'])) && errors.length > 0;
}

function isItem({ kind, id }: Members): boolean {
  return isText(kind) && isText(id);
}

function isChange(one: Members): boolean {
  return isItem(one) && isListOf(one['fields'], ({ pointer }) => isText(pointer));
}

function isListOf(list: unknown, is: (one: Members) => boolean): list is readonly Members[] {
  return Array.isArray(list) && list.every((one: unknown) => isObject(one) && is(one));
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
