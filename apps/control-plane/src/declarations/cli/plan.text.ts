import type { FieldChange } from '../planning/field-differences.js';
import type { PlanBody, PlannedChange } from '../planning/plan.js';

const ESCAPE = '\u001b[';
const COLOURS = { '+': '32', '~': '33', '-': '31', '=': '2' } as const;

/** Writes a plan for people: a line for each thing, and one that sums up. */
export function planText({ create, change, remove, kept, unchanged }: PlanBody, inColour: boolean): string {
  const line = (sign: keyof typeof COLOURS, text: string): string =>
    inColour ? `${ESCAPE}${COLOURS[sign]}m${sign} ${text}${ESCAPE}0m` : `${sign} ${text}`;
  const lines = [
    ...create.map(({ kind, id, summary }) => line('+', printable(`${kind} ${id} (${summary})`))),
    ...change.map((changed) => line('~', changeText(changed))),
    ...remove.map(({ kind, id }) => line('-', printable(`${kind} ${id}`))),
    ...kept.map((one) => line('=', `${changeText(one)} (not applied: it registered itself)`)),
  ];
  const total = `${create.length} to create, ${change.length} to change, ${remove.length} to remove, ${unchanged} unchanged`;
  const isDone = create.length + change.length + remove.length === 0;
  const sum = isDone ? `Nothing would change: ${unchanged} unchanged.` : `Plan: ${total}.`;
  return [...lines, sum, ''].join('\n');
}

function changeText({ kind, id, fields }: PlannedChange): string {
  return `${printable(`${kind} ${id}`)}: ${fields.map(fieldText).join(', ')}`;
}

function fieldText({ pointer, from, to }: FieldChange): string {
  const name = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  return `${printable(name)} ${valueText(from)} → ${valueText(to)}`;
}

/** Text of others in one line, in which what controls a terminal is written out. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text needs no quotes unless it would be read wrongly; what controls a terminal is always written out. */
function valueText(value: unknown): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'string' && /^[\p{L}\p{N}<][\p{L}\p{N}\p{P}\p{S}]*$/u.test(value)) return value;
  return printable(JSON.stringify(value));
}
