import { pointerTo } from '@vitals/core/json';
import * as s from '../../http/schema.js';

/** One member that is different; what is left out is not there. */
export const FieldChange = s.object(
  'ChangedField',
  'A member that differs; a member that is left out does not exist, and values of headers are not shown, unless they are references.',
  { pointer: s.text('The member, as a JSON Pointer (RFC 6901).') },
  { from: { description: 'What it is.' }, to: { description: 'What is declared.' } },
);
export type FieldChange = s.Of<typeof FieldChange>;

/**
 * The members in which two values of JSON differ, by their pointers. Objects are compared member by member, lists as
 * a whole; the order of members does not matter.
 */
export function differences(from: unknown, to: unknown, pointer = ''): FieldChange[] {
  if (isObject(from) && isObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].toSorted();
    return names.flatMap((name) =>
      differences(memberOf(from, name), memberOf(to, name), pointerTo(pointer, name)),
    );
  }
  if (canonical(from) === canonical(to)) return [];
  return [{ pointer, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).toSorted(byKey)) : member,
  );
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
