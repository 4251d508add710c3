import { type FieldFault, VitalsError } from '../errors.js';
import { pointerTo } from './pointer-to.js';
import { forbiddenCharacter, shownName, textFault } from './text-rule.js';

/** Levels of nesting that a document may have; deeper ones would overflow whoever walks them. */
export const MAX_DEPTH = 32;

/** What is wrong with a value below them, in words that follow its name. */
export const DEPTH_DETAIL = `must not be nested deeper than ${MAX_DEPTH} levels`;

const NUMBER_DETAIL = `must not be beyond ${Number.MAX_VALUE}`;

/** Faults that are collected; a short document must not have a long answer. */
const MAX_FAULTS = 20;

/** Names that code which copies members by assignment takes for something else. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor']);

/**
 * Checks the member names, the texts, the numbers and the depth of plain values, whatever they were read from.
 * @param what what the values are, for the message of a fault at their root
 * @throws VitalsError `request-invalid` that names each wrong member by its JSON Pointer
 */
export function assertMembers(value: unknown, what = 'the body'): void {
  const faults: FieldFault[] = [];
  collect(value, '', MAX_DEPTH, faults);
  const [first] = faults;
  if (first === undefined) return;
  throw new VitalsError('request-invalid', `${first.pointer || what}: ${first.detail}`, { faults });
}

/** What is wrong with a name as that of a member, in words that follow it; `undefined` if nothing is. */
export function memberNameFault(name: string): string | undefined {
  const character = forbiddenCharacter(name);
  if (character !== undefined) return `is not a valid member name: it contains ${character}`;
  return RESERVED_NAMES.has(name) ? 'is not a valid member name; use another' : undefined;
}

function collect(value: unknown, pointer: string, levels: number, faults: FieldFault[]): void {
  if (faults.length >= MAX_FAULTS) return;
  if (typeof value === 'string') {
    const detail = textFault(value);
    if (detail !== undefined) faults.push({ pointer, detail });
  }
  if (typeof value === 'number' && !Number.isFinite(value)) faults.push({ pointer, detail: NUMBER_DETAIL });
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) {
    faults.push({ pointer, detail: DEPTH_DETAIL });
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const detail = memberNameFault(name);
    const place = pointerTo(pointer, shownName(name));
    if (detail === undefined) collect(member, place, levels - 1, faults);
    else faults.push({ pointer: place, detail });
  }
}
