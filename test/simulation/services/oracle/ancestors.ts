import type { Check } from '../../../../apps/control-plane/src/checks/check.js';
import type { Process } from '../plane/process.js';

/** The checks on which one depends, the next one first. */
export function ancestorsOf(check: Check, process: Process | undefined): Check[] {
  const { parent: id } = check.definition;
  const parent = id === undefined ? undefined : process?.directory.find(id);
  return parent ? [parent, ...ancestorsOf(parent, process)] : [];
}
