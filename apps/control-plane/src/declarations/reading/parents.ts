import type { FieldFault } from '@vitals/core/errors';
import { MAX_DEPTH } from '../../checks/check.directory.js';
import type { DeclaredCheck } from '../declarations.js';

/**
 * Sorts checks by how many others they depend on, one above the other: whoever defines one level after the other
 * finds every parent defined. The checks must have passed `parentFaults`.
 */
export function levelsOf(checks: readonly DeclaredCheck[]): DeclaredCheck[][] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const levels: DeclaredCheck[][] = [];
  for (const check of checks) (levels[ancestorsOf(check, byId).length] ??= []).push(check);
  return levels.map((level) => level ?? []);
}

/** What is wrong with the parents of checks: each has to be declared beside, and nobody may depend on itself. */
export function parentFaults(checks: readonly DeclaredCheck[]): FieldFault[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  return checks.flatMap((check) => {
    const detail = parentFault(check, byId);
    return detail === undefined ? [] : [{ pointer: `${check.pointer}/parent`, detail }];
  });
}

function parentFault(check: DeclaredCheck, byId: ReadonlyMap<string, DeclaredCheck>): string | undefined {
  const { parent } = check.body;
  if (parent === undefined) return undefined;
  if (!byId.has(parent)) return `${JSON.stringify(parent)} must be declared in the same file`;
  const ancestors = ancestorsOf(check, byId);
  if (ancestors.includes(check)) return `${check.id} would depend on itself`;
  return ancestors.length > MAX_DEPTH
    ? `more than ${MAX_DEPTH} checks would depend on each other in a row`
    : undefined;
}

/** From the parent upwards; in a circle, as far as is needed to see it. */
function ancestorsOf(check: DeclaredCheck, byId: ReadonlyMap<string, DeclaredCheck>): DeclaredCheck[] {
  const ancestors: DeclaredCheck[] = [];
  for (let above = check.body.parent; above !== undefined && ancestors.length <= MAX_DEPTH;) {
    const ancestor = byId.get(above);
    if (!ancestor) break;
    ancestors.push(ancestor);
    above = ancestor.body.parent;
  }
  return ancestors;
}
