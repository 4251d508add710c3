import { VitalsError } from '../errors.js';

/** Refuses what was declared or set up. @throws VitalsError `declaration-invalid`, always */
export function refuse(fault: string, cause?: unknown): never {
  throw new VitalsError('declaration-invalid', fault, { cause });
}

/**
 * Refuses the options of somebody: one fault in one line, several counted, in a line each.
 * @param fault of a `Rule`
 * @throws VitalsError `declaration-invalid`, always
 */
export function refuseOptions(subject: string, fault: string): never {
  const faults = fault.split('\n');
  if (faults.length === 1) refuse(`${subject}: ${fault}`);
  refuse(`${subject}: ${faults.length} options are wrong:\n${fault.replaceAll(/^/gm, '  ')}`);
}

/** Refuses it if there is a fault. @throws VitalsError `declaration-invalid` */
export function refuseFault(fault: string | undefined): void {
  if (fault !== undefined) refuse(fault);
}

/** Refuses the first two of which both have one key. @throws VitalsError `declaration-invalid`, with what `say` says */
export function refuseEqual<T>(
  all: Iterable<T>,
  keyOf: (one: T) => string,
  say: (first: T, second: T) => string,
): void {
  const known = new Map<string, T>();
  for (const one of all) {
    const key = keyOf(one);
    const first = known.get(key);
    if (first !== undefined) refuse(say(first, one));
    known.set(key, one);
  }
}
